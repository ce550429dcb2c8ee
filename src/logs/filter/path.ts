import type { FieldValue, LogRecord } from '../record.ts';
import { hostOf, instanceOf } from '../names.ts';

/** A name of a field in all the ways that it may be meant: as one key, or as a key and a name within. */
interface Path {
  readonly key: string;
  /** The longest key first. */
  readonly within: readonly { readonly key: string; readonly rest: Path }[];
}

/** Dots beyond these are part of the last key: each doubles the ways. */
const DEEPEST = 8;

/** What is no field of its own, but is known of every record. */
const KNOWN: Readonly<Record<string, (record: LogRecord) => FieldValue | undefined>> = {
  level: ({ level }) => level,
  message: ({ message }) => message,
  msg: ({ message }) => message,
  source: ({ source }) => source,
  host: ({ source }) => hostOf(source),
  instance: ({ source }) => instanceOf(source),
  format: ({ format }) => format,
};

/** Reads a field by its name, `req.url`; undefined where there is none. A key that holds dots itself comes first. */
export function fieldReader(name: string): (record: LogRecord) => FieldValue | undefined {
  const path = pathOf(name, 0);
  const known = Object.hasOwn(KNOWN, name) ? KNOWN[name] : undefined;
  return (record) => {
    const value = read(record.fields, path);
    return value === undefined ? known?.(record) : value;
  };
}

function pathOf(name: string, depth: number): Path {
  const within: { key: string; rest: Path }[] = [];
  for (let dot = name.lastIndexOf('.'); dot > 0 && depth < DEEPEST; dot = name.lastIndexOf('.', dot - 1))
    within.push({ key: name.slice(0, dot), rest: pathOf(name.slice(dot + 1), depth + 1) });
  return { key: name, within };
}

function read(holder: object, { key, within }: Path): FieldValue | undefined {
  if (Object.hasOwn(holder, key)) return (holder as Readonly<Record<string, FieldValue>>)[key];
  for (const { key: outer, rest } of within) {
    if (!Object.hasOwn(holder, outer)) continue;
    const inner = (holder as Readonly<Record<string, FieldValue>>)[outer];
    const found = typeof inner === 'object' && inner !== null ? read(inner, rest) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
