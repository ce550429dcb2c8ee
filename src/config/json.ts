import { parseTree, type Node, type ParseError } from 'jsonc-parser';
import { UserError } from '../base/errors.ts';
import { quoted } from './quoted.ts';
import { syntaxFault } from './syntax.ts';

/** Where a setting stands: keys and indexes from the top of the file. */
export type Path = readonly (string | number)[];

/** Something wrong at a place that has no value of its own: a key written twice, a tree too deep. */
export interface Fault {
  readonly offset: number;
  readonly path: Path;
  readonly message: string;
}

/** A JSON file that remembers where everything in it stands. */
export interface JsonDocument {
  /** The file as the reader named it. */
  readonly name: string;
  readonly value: unknown;
  readonly faults: readonly Fault[];
  /** How many steps of the path exist. */
  depth(path: Path): number;
  /** What stands at the path; undefined when nothing does. */
  valueAt(path: Path): unknown;
  /** Offset of the value at the path, or of the innermost thing around it that exists. */
  offsetOf(path: Path): number;
  /** Offset of the last key of the path. */
  keyOffsetOf(path: Path): number;
  /** "14:9", both from 1; columns count UTF-16 units, as editors do. */
  position(offset: number): string;
}

/** No setting lies deeper than 8; more is a mistake or an attack on the stack. */
const MAX_DEPTH = 32;

/** JSON text as a document; a UserError with line and column when it is not JSON. */
export function parseJson(text: string, name: string): JsonDocument {
  const position = positionsIn(text);
  const tree = parseTreeStrictly(text, name, position);
  const faults: Fault[] = [];
  const value = toValue(tree, [], faults);
  return {
    name,
    value,
    faults,
    position,
    depth: (path) => walk(tree, path).depth,
    valueAt: (path) => valueAt(value, path),
    offsetOf: (path) => walk(tree, path).node.offset,
    keyOffsetOf: (path) => {
      const { node } = walk(tree, path);
      return node.parent?.type === 'property' ? node.parent.offset : node.offset;
    },
  };
}

function parseTreeStrictly(text: string, name: string, position: (offset: number) => string): Node {
  if (text.trim() === '') throw notJson(`${name} is empty.`);
  const errors: ParseError[] = [];
  let tree: Node | undefined;
  try {
    tree = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw notJson(`${name} is nested too deeply.`, [], error);
  }
  const [first] = errors;
  // Whatever follows the first error is guesswork of a parser that has lost its place.
  if (first || !tree) {
    const fault = first ? syntaxFault(text, first) : { offset: 0, message: 'expected a value.' };
    throw notJson(`${name} is not JSON.`, [`${name}:${position(fault.offset)} ${fault.message}`]);
  }
  return tree;
}

function notJson(message: string, detail: readonly string[] = [], cause?: unknown): UserError {
  return new UserError({ code: 'SLIP_CONFIG', message, detail, cause, mend: 'hosts.example.json shows a whole one.' });
}

function toValue(node: Node, path: Path, faults: Fault[]): unknown {
  if (path.length > MAX_DEPTH) {
    faults.push({ offset: node.offset, path: path.slice(0, 3), message: 'is nested too deeply.' });
    return null;
  }
  if (node.type === 'array') return (node.children ?? []).map((child, i) => toValue(child, [...path, i], faults));
  if (node.type === 'object') return toObject(node, path, faults);
  return node.value as unknown;
}

function toObject(node: Node, path: Path, faults: Fault[]): unknown {
  const entries = new Map<string, unknown>();
  for (const property of node.children ?? []) {
    const [keyNode, valueNode] = property.children!;
    const key = keyNode!.value as string;
    const here = [...path, key];
    const fault = (message: string) => faults.push({ offset: property.offset, path: here, message });
    if (key === '__proto__') fault('is not a name that can be used.');
    else if (entries.has(key)) fault(`the key ${quoted(key)} stands here twice. Keep one of them.`);
    if (key !== '__proto__') entries.set(key, toValue(valueNode!, here, faults));
  }
  return Object.fromEntries(entries);
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<string | number, unknown>)[step];
  }
  return at;
}

function walk(tree: Node, path: Path): { node: Node; depth: number } {
  let node = tree;
  for (const [depth, step] of path.entries()) {
    const child = childOf(node, step);
    if (!child) return { node, depth };
    node = child;
  }
  return { node, depth: path.length };
}

function childOf(node: Node, step: string | number): Node | undefined {
  if (node.type === 'array') return typeof step === 'number' ? node.children?.[step] : undefined;
  if (node.type !== 'object') return undefined;
  // Of two equal keys the last one counts, as in JSON.parse.
  return node.children?.findLast((property) => property.children?.[0]?.value === step)?.children?.[1];
}

function positionsIn(text: string): (offset: number) => string {
  const starts = [0, ...Array.from(text.matchAll(/\r\n|\r|\n/g), (end) => end.index + end[0].length)];
  return (offset) => {
    const line = starts.findLastIndex((start) => start <= offset);
    return `${line + 1}:${offset - starts[line]! + 1}`;
  };
}
