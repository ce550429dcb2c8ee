import type { Level } from './levels.ts';

/** A line as a host tells it. Hostile: nothing of it is sanitised yet. */
export interface HostLine {
  /** Who wrote it: `bot.1@fra-1`. */
  readonly source: string;
  /** One line without its end; what is not UTF-8 is U+FFFD. No longer than LONGEST_LINE. */
  readonly text: string;
  /** When the host took it, milliseconds since 1970 by the host's clock; undefined where only the line itself may tell. */
  readonly t: number | undefined;
  /** What journald counts it as, 0 (emergency) to 7 (debug); 6 when its writer said nothing. */
  readonly priority: number | undefined;
}

/** What a line says, once it is read. Sanitised: fit for a terminal, and for JSON. */
export interface Parsed {
  /** What it was read as: `pino`, `logfmt`, `plain` … */
  readonly format: string;
  readonly level: Level | undefined;
  /** When it says that it was written, milliseconds since 1970 by the host's clock; undefined when it does not say. */
  readonly t: number | undefined;
  readonly message: string;
  /** All it says besides, by name: without level, time and message. */
  readonly fields: Fields;
}

export type Fields = Readonly<Record<string, FieldValue>>;

/** As JSON has it. */
export type FieldValue =
  string | number | boolean | null | readonly FieldValue[] | { readonly [key: string]: FieldValue };

/** One line of the log of an instance, read and put in time. */
export interface LogRecord extends Parsed {
  readonly source: string;
  /** Milliseconds since 1970 by this machine's clock: the host's time, less what its clock is ahead. */
  readonly t: number;
  /** As it came, sanitised. */
  readonly text: string;
  /** It came after lines that are younger had been passed on. */
  readonly isLate: boolean;
}

/** A line is no longer than this: a dump of a whole heap in one line must not stop the screen. */
export const LONGEST_LINE = 16_384;
