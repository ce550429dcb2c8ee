import { sanitise } from '../base/sanitise.ts';
import type { Said } from './formats/format.ts';
import type { Fields, FieldValue, Parsed } from './record.ts';

const MOST_FIELDS = 100;
const DEEPEST = 8;
/** Of all fields together, each member of each list and object. */
const MOST_VALUES = 1000;
const LONGEST_NAME = 200;
/** Stands where a value is left out. */
const LEFT_OUT = '…';

/** What a format made of a line, fit for a terminal and for JSON, and no larger than anybody reads. */
export function clean(said: Said, format: string): Parsed {
  const { level, t, message, fields, told } = said;
  return { format, level, t, message: sanitise(ended(message)), fields: cleanFields(fields, told) };
}

/** Some loggers are given the end of line, too. */
function ended(message: string): string {
  return message.endsWith('\n') ? message.trimEnd() : message;
}

/** Without a prototype: a field may be named `__proto__`, and none is found that is only inherited. */
function cleanFields(fields: Readonly<Record<string, unknown>>, told: readonly string[]): Fields {
  const cleaned = Object.create(null) as Record<string, FieldValue>;
  const room = { values: MOST_VALUES };
  let count = 0;
  for (const name in fields) {
    if (told.includes(name)) continue;
    if (count === MOST_FIELDS) break;
    cleaned[nameOf(name)] = valueOf(fields[name], room, DEEPEST);
    count += 1;
  }
  return cleaned;
}

function nameOf(name: string): string {
  return sanitise(name.length > LONGEST_NAME ? name.slice(0, LONGEST_NAME) : name);
}

function valueOf(value: unknown, room: { values: number }, depth: number): FieldValue {
  switch (typeof value) {
    case 'string':
      return sanitise(value);
    case 'number':
      // JSON has no infinity, but digits that are one
      return Number.isFinite(value) ? value : String(value);
    case 'boolean':
      return value;
    case 'object':
      if (value === null) return null;
      if (depth === 0) return LEFT_OUT;
      return Array.isArray(value) ? listOf(value, room, depth) : objectOf(value, room, depth);
    default:
      return null;
  }
}

function listOf(list: readonly unknown[], room: { values: number }, depth: number): FieldValue {
  const cleaned: FieldValue[] = [];
  for (const value of list) {
    if (room.values === 0) return [...cleaned, LEFT_OUT];
    room.values -= 1;
    cleaned.push(valueOf(value, room, depth - 1));
  }
  return cleaned;
}

function objectOf(object: object, room: { values: number }, depth: number): FieldValue {
  const cleaned = Object.create(null) as Record<string, FieldValue>;
  for (const name in object) {
    if (room.values === 0) break;
    room.values -= 1;
    cleaned[nameOf(name)] = valueOf((object as Readonly<Record<string, unknown>>)[name], room, depth - 1);
  }
  return cleaned;
}
