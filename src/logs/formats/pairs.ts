import type { Entry } from './format.ts';

/** More than anybody reads; see also what is kept of fields in the end. */
const MOST = 120;

const PIECE = /\s*(?:([A-Za-z_@][\w.@/-]{0,99})=(?:"((?:[^"\\]|\\.)*)"(?=\s|$)|'([^']*)'(?=\s|$)|(\S*))|(\S+))/y;

export interface Pairs {
  readonly fields: Entry;
  readonly count: number;
  /** Words that belong to no pair. They are kept with the value before them: some loggers forget to quote. */
  readonly bare: number;
}

/** `key=value key="a value"` from there on; undefined unless it begins with a pair. Numbers and booleans become such. */
export function pairsOf(text: string, from = 0): Pairs | undefined {
  const fields = Object.create(null) as Record<string, unknown>;
  let last: string | undefined;
  let count = 0;
  let bare = 0;
  PIECE.lastIndex = from;
  while (count < MOST && PIECE.lastIndex < text.length) {
    const found = PIECE.exec(text);
    if (!found) break;
    const [, key, double, single, unquoted, word] = found;
    if (key === undefined) {
      if (last === undefined) return undefined;
      bare += 1;
      fields[last] = `${String(fields[last])} ${word!}`;
      continue;
    }
    last = key;
    count += 1;
    fields[key] = double !== undefined ? unescaped(double) : (single ?? valueOf(unquoted ?? ''));
  }
  return last === undefined ? undefined : { fields, count, bare };
}

/** A number only where it reads back the same: `007` and digits of a trace are names. */
function valueOf(text: string): string | number | boolean {
  if (text === 'true') return true;
  if (text === 'false') return false;
  const first = text.charCodeAt(0);
  const isNumeric = text.length < 18 && ((first >= 48 && first <= 57) || first === 45);
  if (!isNumeric) return text;
  return String(Number(text)) === text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '') ? Number(text) : text;
}

export function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text.replace(/\\(.)/g, '$1');
  }
}
