import type { Reader } from './reader.ts';
import { Misread } from './tree.ts';

/** A set of characters as V8 reads it under the flag `u`; of a single one, which. */
export interface Characters {
  readonly source: string;
  readonly single: number | undefined;
}

const CONTROLS: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, 0: 0 };
const CODE = /x([\da-f]{2})|u([\da-f]{4})|u\{([\da-f]{1,6})\}/iy;
const PROPERTY = /[pP]\{[\w=]{1,60}\}/y;
const NAMED_SET = /\[:(\w+):\]/y;

export function one(code: number): Characters {
  return { source: `\\u{${code.toString(16)}}`, single: code };
}

/** What follows a backslash that stands for characters: `\d`, `\x41`, `\.`; the reader is behind the backslash. */
export function escaped(reader: Reader): Characters {
  const from = reader.at - 1;
  const coded = reader.match(CODE)?.slice(1).find(Boolean);
  if (coded !== undefined) return valid(one(Number.parseInt(coded, 16)), from);
  const property = reader.match(PROPERTY)?.[0];
  if (property !== undefined) return valid({ source: `\\${property}`, single: undefined }, from);
  const character = reader.next();
  if (character === '') throw new Misread('nothing follows the last \\: \\\\ is a backslash', from);
  if (/[dDwWsS]/.test(character)) return { source: `\\${character}`, single: undefined };
  const control = Object.hasOwn(CONTROLS, character) ? CONTROLS[character] : undefined;
  if (control !== undefined) return one(control);
  if (/[a-zA-Z0-9]/.test(character)) throw new Misread(`\\${character} is not known`, from);
  return one(character.codePointAt(0)!);
}

/** `[a-z\d_]`; the reader is behind the bracket. */
export function bracketed(reader: Reader): Characters {
  const from = reader.at - 1;
  const isNegated = reader.take('^');
  let set = '';
  while (!reader.take(']')) {
    if (reader.isAtEnd) throw new Misread('[ is never closed: \\[ is a bracket', from);
    set += member(reader);
  }
  return { source: `[${isNegated ? '^' : ''}${set}]`, single: undefined };
}

/** One of a set, or a range of it. */
function member(reader: Reader): string {
  const from = reader.at;
  const first = element(reader);
  if (reader.peek() !== '-' || reader.text[reader.at + 1] === ']' || reader.at + 1 >= reader.text.length)
    return first.source;
  reader.next();
  const last = element(reader);
  // "[\w-.]": a hyphen after a set is one
  if (first.single === undefined || last.single === undefined) return `${first.source}\\-${last.source}`;
  if (first.single > last.single) throw new Misread('the range ends before it begins', from);
  return `${first.source}-${last.source}`;
}

function element(reader: Reader): Characters {
  const from = reader.at;
  const named = reader.match(NAMED_SET);
  if (named) throw new Misread(`${named[0]} is not known: sets are \\w, \\d, \\s, a-z`, from);
  if (!reader.take('\\')) return one(reader.next().codePointAt(0)!);
  return reader.take('b') ? one(8) : escaped(reader);
}

function valid(characters: Characters, at: number): Characters {
  try {
    new RegExp(characters.source, 'u');
    return characters;
  } catch {
    throw new Misread('there is no such character', at);
  }
}
