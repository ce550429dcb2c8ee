import { bracketed, escaped, one } from './characters.ts';
import { Reader } from './reader.ts';
import { Misread, type Place, type Times, type Tree } from './tree.ts';

/** Groups within groups: more than anybody writes, and less than any stack holds. */
const DEEPEST = 50;
const MOST_TIMES = 1000;

const COUNTED = /\{(\d{1,9})(,(\d{0,9}))?\}/y;
const NAME = /\?P?<[A-Za-z_]\w*>|\?:/y;
const PLACES: Readonly<Record<string, Place>> = { '^': 'start', $: 'end', '\\b': 'edge', '\\B': 'inside' };

/** Reads JavaScript's regular expressions, but for what only going back and forth in the text can tell. Throws Misread. */
export function parse(source: string): Tree {
  const reader = new Reader(source);
  const tree = either(reader, 0);
  if (!reader.isAtEnd) throw new Misread(') closes nothing: \\) is a parenthesis', reader.at);
  return tree;
}

function either(reader: Reader, depth: number): Tree {
  if (depth > DEEPEST) throw new Misread(`more than ${DEEPEST} groups within each other`, reader.at);
  const ways = [row(reader, depth)];
  while (reader.take('|')) ways.push(row(reader, depth));
  return ways.length === 1 ? ways[0]! : { type: 'either', ways };
}

function row(reader: Reader, depth: number): Tree {
  const parts: Tree[] = [];
  while (!reader.isAtEnd && !/[|)]/.test(reader.peek())) parts.push(repeated(reader, depth));
  return parts.length === 1 ? parts[0]! : { type: 'row', parts };
}

function repeated(reader: Reader, depth: number): Tree {
  const from = reader.at;
  const of = atom(reader, depth);
  const times = timesOf(reader);
  if (!times) return of;
  if (of.type === 'place' && reader.text[from] !== '(') throw new Misread('a place cannot be repeated', from);
  return { type: 'repeat', of, ...times };
}

function timesOf(reader: Reader): Times | undefined {
  const from = reader.at;
  const [least, most] = bounds(reader) ?? [];
  if (least === undefined || most === undefined) return undefined;
  if (most < least) throw new Misread('fewer at most than at least', from);
  if (least > MOST_TIMES || (most > MOST_TIMES && most !== Infinity))
    throw new Misread(`more than ${MOST_TIMES} times`, from);
  return { least, most, prefers: reader.take('?') ? 'fewer' : 'more' };
}

function bounds(reader: Reader): readonly [number, number] | undefined {
  if (reader.take('*')) return [0, Infinity];
  if (reader.take('+')) return [1, Infinity];
  if (reader.take('?')) return [0, 1];
  const [, least, comma, most] = reader.match(COUNTED) ?? [];
  if (least === undefined) return undefined;
  if (comma === undefined) return [Number(least), Number(least)];
  return [Number(least), most === '' ? Infinity : Number(most)];
}

function atom(reader: Reader, depth: number): Tree {
  const from = reader.at;
  for (const [written, place] of Object.entries(PLACES)) if (reader.take(written)) return { type: 'place', place };
  if (reader.take('(')) return group(reader, depth);
  if (reader.take('[')) return { type: 'one', source: bracketed(reader).source };
  if (reader.take('.')) return { type: 'one', source: '.' };
  if (reader.take('\\')) return { type: 'one', source: afterBackslash(reader) };
  const isCount = reader.match(COUNTED) !== undefined;
  const character = isCount ? '{' : reader.next();
  if (isCount || /[*+?]/.test(character))
    throw new Misread(`there is nothing to repeat: \\${character} is the character`, from);
  return { type: 'one', source: one(character.codePointAt(0)!).source };
}

function afterBackslash(reader: Reader): string {
  const from = reader.at - 1;
  const back = /[1-9]|k</y;
  if (reader.match(back)) throw new Misread('what a group found cannot be asked for again', from);
  return escaped(reader).source;
}

function group(reader: Reader, depth: number): Tree {
  const from = reader.at - 1;
  const around = reader.match(/\?<?[=!]/y)?.[0];
  if (around !== undefined) throw new Misread(`(${around} ${refused(around)}`, from);
  if (!reader.match(NAME) && reader.peek() === '?') throw new Misread('( cannot be followed by ? so', from);
  const inner = either(reader, depth + 1);
  if (!reader.take(')')) throw new Misread('( is never closed: \\( is a parenthesis', from);
  return inner;
}

function refused(around: string): string {
  return around.endsWith('!') ? 'is not known: exclude with -term' : 'is not known: write two terms';
}
