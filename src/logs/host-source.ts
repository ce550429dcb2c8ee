import { posix } from 'node:path';
import { sh } from '../base/shell.ts';
import type { InstanceSettings, LogSettings } from '../config/settings.ts';
import type { LogSource } from '../host/logs.ts';
import { readJournalEntry } from './journal-entry.ts';
import { type HostLine, LONGEST_LINE } from './record.ts';

/** What is read over one channel: all units of one journal, or one file, or one command. */
export interface HostSource {
  readonly host: string;
  /** `count`: so many of the last lines come first, where it is for the source itself to tell them. */
  source(count: number): LogSource;
  /** How it is gone on with after a cut: after an entry, at a byte, or by finding the lines that are told again. */
  readonly resume: 'cursor' | 'place' | 'overlap';
  readonly instances: readonly InstanceSettings[];
  /** The one instance whose text is all that may be read. */
  readonly narrow?: InstanceSettings;
  /** A line as the host tells it; an entry of a journal may hold several, and what is none holds none. */
  read(raw: string): readonly SourceLine[];
}

export interface SourceLine extends HostLine {
  /** Of the entry of a journal. */
  readonly cursor?: string;
  /** Bytes that were read up to its end. */
  readonly bytes?: number;
}

/** The sources of instances, host by host; none for what is files only. What two of them share is read once. */
export function hostSources(instances: readonly InstanceSettings[], folderOf: (host: string) => string): HostSource[] {
  const groups = new Map<string, { readonly log: InstanceLog; readonly host: string; instances: InstanceSettings[] }>();
  for (const instance of instances) {
    for (const log of logsOf(instance, folderOf(instance.host))) {
      const same = log.type === 'journal' ? { ...log, unit: '' } : log;
      const key = JSON.stringify([instance.host, same]);
      const group = groups.get(key);
      if (group) group.instances.push(instance);
      else groups.set(key, { log, host: instance.host, instances: [instance] });
    }
  }
  return [...groups.values()].map(({ log, ...group }) => ({ ...group, ...sourceOf(log, group.instances) }));
}

/** A journal of which this user may only read the text of one unit after the other. */
export function narrowed(source: HostSource): HostSource[] {
  return source.instances.map((narrow) => ({ ...source, instances: [narrow], resume: 'overlap', narrow }));
}

/** Where an instance writes. */
type InstanceLog =
  | Exclude<LogSettings, { readonly type: 'pm2' }>
  | { readonly type: 'journal'; readonly scope: 'system' | 'user'; readonly unit: string };

/** None when nothing of it runs. */
function logsOf({ log, name, service }: InstanceSettings, folder: string): readonly InstanceLog[] {
  if (log) return log.type === 'pm2' ? pm2Files(log.name) : [log];
  switch (service.type) {
    case 'systemd':
      return [{ type: 'journal', scope: service.scope, unit: service.unit }];
    case 'command':
      return [{ type: 'file', path: posix.join(folder, 'instances', name, 'log') }];
    case 'files':
      return [];
  }
}

/**
 * What it says and what it complains of, where pm2 writes them. Its own `pm2 logs` starts a pm2 where none runs, frames the
 * lines in its own, and tells the last ones of the one file after those of the other: they could not be gone on with.
 */
function pm2Files(name: string): readonly InstanceLog[] {
  return ['out', 'error'].map((stream) => ({ type: 'file', path: `~/.pm2/logs/${name}-${stream}.log` }));
}

function sourceOf(
  log: InstanceLog,
  instances: readonly InstanceSettings[],
): Pick<HostSource, 'source' | 'resume' | 'read'> {
  const [{ id }] = instances as [InstanceSettings];
  const command = (text: string): LogSource => ({ type: 'command', command: text });
  switch (log.type) {
    case 'journal': {
      const byUnit = new Map(instances.map((one) => [unitName(unitOf(one)), one.id]));
      // as they are written: a line of sudoers for one of them is for exactly these words
      const units = [...new Set(instances.map(unitOf))];
      return {
        source: () => ({ type: 'journal', scope: log.scope, units }),
        resume: 'cursor',
        read: (raw) => readEntry(raw, byUnit),
      };
    }
    case 'file':
      return { source: () => log, resume: 'place', read: (raw) => readText(raw, id) };
    case 'command':
      return { source: () => log, resume: 'overlap', read: (raw) => readText(raw, id) };
    case 'container':
      return {
        source: (count) => command(sh`exec ${log.engine} logs --timestamps --tail ${count} -f ${log.name}`),
        resume: 'overlap',
        read: (raw) => readStamped(raw, id),
      };
  }
}

function unitOf({ service }: InstanceSettings): string {
  return service.type === 'systemd' ? service.unit : '';
}

/** As the journal has it. */
function unitName(unit: string): string {
  return /\.(service|socket|timer|target|scope|slice|mount|path)$/.test(unit) ? unit : `${unit}.service`;
}

function readEntry(raw: string, byUnit: ReadonlyMap<string, string>): readonly SourceLine[] {
  const entry = raw.startsWith('{') ? readJournalEntry(raw) : undefined;
  const source = entry && byUnit.get(entry.unit);
  if (!entry || source === undefined) return [];
  const { t, cursor, priority } = entry;
  return entry.text
    .trimEnd()
    .split('\n')
    .map((text) => ({ source, text, t, cursor, priority }));
}

/** `|BYTES|TEXT` */
function readText(raw: string, source: string): readonly SourceLine[] {
  const end = raw.indexOf('|', 1);
  if (!raw.startsWith('|') || end === -1) return [];
  const text = shortened(raw.slice(end + 1));
  return [{ source, text, t: undefined, priority: undefined, bytes: Number(raw.slice(1, end)) }];
}

const STAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) /;

/** `2026-11-30T12:00:00.123456789Z TEXT` */
function readStamped(raw: string, source: string): readonly SourceLine[] {
  return readText(raw, source).map((line) => {
    const [stamp = '', when] = STAMP.exec(line.text) ?? [];
    return when === undefined ? line : { ...line, t: Date.parse(when), text: line.text.slice(stamp.length) };
  });
}

function shortened(text: string): string {
  if (text.length <= LONGEST_LINE) return text;
  return `${text.slice(0, LONGEST_LINE)} [cut here: the line has ${text.length} characters]`;
}
