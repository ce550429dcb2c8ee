import type { Level } from '../levels.ts';
import type { When } from '../times/when.ts';

/** What a format makes of a line. Nothing of it is sanitised yet, nor bounded. */
export interface Said {
  readonly level: Level | undefined;
  /** Milliseconds since 1970. */
  readonly t: number | undefined;
  readonly message: string;
  readonly fields: Entry;
  /** Fields that level, time and message have been taken from: they are not to be told twice. */
  readonly told: readonly string[];
}

/** An object of JSON, by anybody: its names may be `__proto__`, and its values anything. */
export type Entry = Readonly<Record<string, unknown>>;

/** A way to write lines. Pure; undefined for a line that is not written so. */
export interface TextFormat {
  readonly name: string;
  /** `text` is without colours, and no longer than LONGEST_LINE. */
  readonly read: (text: string, when: When) => Said | undefined;
}

/** A way to write lines of JSON, told by its keys: a line is parsed once for all of them. */
export interface JsonFormat {
  readonly name: string;
  readonly isOf: (entry: Entry) => boolean;
  /** `text` is the line itself: the message of an entry that has none. */
  readonly read: (entry: Entry, line: { readonly text: string; readonly when: When }) => Said;
}

export const NOTHING_TOLD: readonly string[] = [];

/** Fields from pairs, without those that are undefined or empty. */
export function fieldsOf(pairs: Readonly<Record<string, string | number | undefined>>): Entry {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(pairs)) {
    if (value !== undefined && value !== '') fields[name] = value;
  }
  return fields;
}
