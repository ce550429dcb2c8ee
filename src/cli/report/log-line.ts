import { sanitise } from '../../base/sanitise.ts';
import type { Level } from '../../logs/levels.ts';
import { hostOf, instanceOf, lookOf } from '../../logs/names.ts';
import { fieldsText } from '../../logs/fields-text.ts';
import type { LogRecord } from '../../logs/record.ts';

/** How lines of a log look on the command line. */
export interface LogLook {
  /** By the ids of instances; shorter where they are distinct without. */
  readonly names: ReadonlyMap<string, string>;
  /** Of the longest of them. */
  readonly width: number;
  readonly colours: 'on' | 'off';
  /** The time of the day for somebody who watches; the whole of it for a file. Both UTC. */
  readonly time: 'of the day' | 'whole';
}

const LEVELS: Readonly<Record<Level, { readonly word: string; readonly sgr: string }>> = {
  trace: { word: 'TRACE', sgr: '2' },
  debug: { word: 'DEBUG', sgr: '2' },
  info: { word: 'INFO', sgr: '' },
  warn: { word: 'WARN', sgr: '33' },
  error: { word: 'ERROR', sgr: '31' },
  fatal: { word: 'FATAL', sgr: '1;31' },
};

const NO_LEVEL = { word: '', sgr: '' };
const WORD = 5;
/** One for each host, as far as they go: readable on dark and on light. */
const HOSTS = ['36', '35', '34', '33', '32', '1;36', '1;35', '1;34'];

/** `14:30:05.123 fra-1 bot.2 ERROR could not connect  code=ETIMEDOUT` */
export function logLine(record: LogRecord, { names, width, colours, time }: LogLook): string {
  const paint = (sgr: string, text: string) =>
    colours === 'on' && sgr !== '' && text !== '' ? `\u001b[${sgr}m${text}\u001b[0m` : text;
  const when = new Date(record.t).toISOString();
  const level = record.level === undefined ? NO_LEVEL : LEVELS[record.level];
  const name = sanitise(names.get(record.source) ?? record.source);
  const fields = fieldsText(record);
  return [
    paint('2', time === 'whole' ? when : when.slice(11, 23)),
    paint(HOSTS[lookOf(hostOf(record.source)) % HOSTS.length]!, name.padEnd(width)),
    paint(level.sgr, level.word.padEnd(WORD)),
    `${record.isLate ? paint('2', '(late) ') : ''}${sanitise(record.message)}${fields === '' ? '' : `  ${paint('2', fields)}`}`,
  ].join(' ');
}

/** One line for programs. */
export function logFacts({ source, t, level, message, fields, format, isLate }: LogRecord): object {
  return {
    ...{ v: 1, type: 'line', t: new Date(t).toISOString(), host: hostOf(source), instance: instanceOf(source) },
    ...{ level: level ?? null, message, fields, format },
    ...(isLate ? { late: true } : {}),
  };
}
