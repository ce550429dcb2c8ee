import { type Level, levelNamed, levelNumbered } from '../levels.ts';
import { timeOfValue } from '../times/value.ts';
import type { When } from '../times/when.ts';
import type { Entry, JsonFormat, Said } from './format.ts';

/** Where a format keeps what: the first name that says something counts. */
export interface Names {
  readonly level: readonly string[];
  readonly time: readonly string[];
  readonly message: readonly string[];
}

/** A format of JSON, by the names it uses. */
export function jsonFormat(name: string, names: Names, isOf: (entry: Entry) => boolean): JsonFormat {
  return { name, isOf, read: (entry, line) => saidOf(entry, names, line) };
}

/** What an entry says under these names. What cannot be understood as a level or a time stays a field. */
export function saidOf(entry: Entry, names: Names, line: { readonly text: string; readonly when: When }): Said {
  const told: string[] = [];
  const level = firstOf(entry, names.level, { to: levelOfValue, told });
  const t = firstOf(entry, names.time, { to: (value) => timeOfValue(value, line.when), told });
  const message = firstOf(entry, names.message, { to: textOf, told }) ?? ofError(entry) ?? line.text;
  return { level, t, message, fields: entry, told };
}

/** `info`, `WARNING`, `INFO+2` as slog has it, 30, `"30"`. */
export function levelOfValue(value: unknown): Level | undefined {
  if (typeof value === 'number') return levelNumbered(value);
  if (typeof value !== 'string' || value.length > 20) return undefined;
  return levelNamed(value) ?? levelOfText(value.trim());
}

function levelOfText(text: string): Level | undefined {
  if (/^\d{1,5}$/.test(text)) return levelNumbered(Number(text));
  return levelNamed(text.replace(/[+-]\d+$/, ''));
}

function firstOf<T>(
  entry: Entry,
  names: readonly string[],
  taking: { readonly to: (value: unknown) => T | undefined; readonly told: string[] },
): T | undefined {
  for (const name of names) {
    const value = entry[name];
    const taken = value === undefined ? undefined : taking.to(value);
    if (taken === undefined) continue;
    taking.told.push(name);
    return taken;
  }
  return undefined;
}

/** The message of an error that was logged without words: `err` of pino and bunyan, `error` of zerolog and others. */
function ofError(entry: Entry): string | undefined {
  for (const error of [entry['err'], entry['error'], entry['exception']]) {
    const text = textOf(error) ?? (isEntry(error) ? textOf(error['message']) : undefined);
    if (text !== undefined) return text;
  }
  return undefined;
}

export function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}
