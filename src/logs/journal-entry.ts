import { LONGEST_LINE } from './record.ts';

/** A line of `journalctl -o json`. Hostile: its text is not sanitised, and may be several lines. */
export interface JournalEntry {
  /** Where the journal is to be read on from. */
  readonly cursor: string;
  /** When journald took it, milliseconds since 1970 by the host's clock. */
  readonly t: number;
  /** 0 (emergency) to 7 (debug). */
  readonly priority: number | undefined;
  /** Whose line it is: of the unit that wrote it, or that systemd wrote about. */
  readonly unit: string;
  readonly writer: 'unit' | 'systemd';
  /** No longer than LONGEST_LINE; what is not UTF-8 is U+FFFD. */
  readonly text: string;
}

/** journalctl puts null for values it finds too large. */
const TOO_LARGE = '(journalctl left this line out: it is too long)';

type Raw = Readonly<Record<string, unknown>>;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * One line of `journalctl -o json`, with MESSAGE, PRIORITY, _SYSTEMD_UNIT, _SYSTEMD_USER_UNIT, UNIT, USER_UNIT, _PID and
 * SYSLOG_IDENTIFIER among its fields; undefined for anything else.
 */
export function readJournalEntry(line: string): JournalEntry | undefined {
  const raw = parsed(line);
  if (!raw) return undefined;
  const cursor = raw['__CURSOR'];
  const t = microseconds(raw['__REALTIME_TIMESTAMP']);
  const text = textOf(raw['MESSAGE']);
  const about = aboutOf(raw);
  if (typeof cursor !== 'string' || t === undefined || text === undefined || !about) return undefined;
  return { cursor, t, priority: priorityOf(raw['PRIORITY']), ...about, text: text.slice(0, LONGEST_LINE) };
}

function parsed(line: string): Raw | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Raw;
  } catch {
    return undefined;
  }
}

/** A text; bytes, where it is none or has escape sequences; null; or all of these in a list, where a field occurs twice. */
function textOf(message: unknown): string | undefined {
  if (typeof message === 'string') return message;
  if (message === null) return TOO_LARGE;
  if (!Array.isArray(message)) return undefined;
  const values: readonly unknown[] = message;
  if (values.length === 0) return '';
  if (typeof values[0] !== 'number')
    return Array.isArray(values[0]) && !isBytes(values[0]) ? undefined : textOf(values[0]);
  return isBytes(values) ? decoder.decode(Uint8Array.from(values.slice(0, 4 * LONGEST_LINE))) : undefined;
}

function isBytes(values: readonly unknown[]): values is number[] {
  return values.every((value) => typeof value === 'number' && value >= 0 && value <= 255);
}

/**
 * Names that begin with an underscore are journald's own word; the others are the writer's. So that nobody can speak as
 * systemd about the unit of somebody else, these count only from process 1, from a user's own manager, and from the
 * process that becomes the unit, about itself.
 */
function aboutOf(raw: Raw): Pick<JournalEntry, 'unit' | 'writer'> | undefined {
  const from = firstText(raw['_SYSTEMD_USER_UNIT']);
  const system = firstText(raw['_SYSTEMD_UNIT']);
  const unit = firstText(raw['UNIT']);
  if (unit !== undefined && firstText(raw['_PID']) === '1') return { unit, writer: 'systemd' };
  const userUnit = firstText(raw['USER_UNIT']);
  if (userUnit !== undefined && (from === undefined || from === 'init.scope'))
    return { unit: userUnit, writer: 'systemd' };
  const own = from ?? system;
  if (own === undefined) return undefined;
  const isStarting = (unit ?? userUnit) === own && /^(?:systemd$|\()/.test(firstText(raw['SYSLOG_IDENTIFIER']) ?? '');
  return { unit: own, writer: isStarting ? 'systemd' : 'unit' };
}

function priorityOf(value: unknown): number | undefined {
  const text = firstText(value);
  return text !== undefined && /^[0-7]$/.test(text) ? Number(text) : undefined;
}

function microseconds(value: unknown): number | undefined {
  return typeof value === 'string' && /^\d{1,17}$/.test(value) ? Math.floor(Number(value) / 1000) : undefined;
}

function firstText(value: unknown): string | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' && first !== '' ? first : undefined;
}
