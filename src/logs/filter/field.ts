import { parseDuration } from '../../base/duration.ts';
import { literal, type Matcher } from '../matcher.ts';
import type { FieldValue } from '../record.ts';
import { glob } from './glob.ts';
import { fieldReader } from './path.ts';
import { type Meaning, Mistake, shown } from './term.ts';

export const COMPARISONS = ['!=', '>=', '<=', '=', '>', '<', '~'] as const;
export type Comparison = (typeof COMPARISONS)[number];

export interface Compared {
  readonly name: string;
  readonly comparison: Comparison;
  readonly value: string;
  /** Quoted values are taken as they are. */
  readonly isQuoted: boolean;
  /** What `~` looks for, where it is a regular expression. */
  readonly matcher?: Matcher | undefined;
}

type OfValue = (value: FieldValue) => boolean;

/** `status>=500`, `req.url=/api/*`, `err.code!=ENOENT`, `url~admin`. A record without the field is never wanted, not even by `!=`. */
export function fieldTerm(compared: Compared): Meaning {
  const read = fieldReader(compared.name);
  const holds = comparing(compared);
  return {
    wanted: (record) => {
      const value = read(record);
      return value !== undefined && holds(value);
    },
  };
}

function comparing(compared: Compared): OfValue {
  const { comparison } = compared;
  switch (comparison) {
    case '=':
      return equals(compared);
    case '!=': {
      const same = equals(compared);
      return (value) => !same(value);
    }
    case '~':
      return contains(compared.matcher ?? literal(compared.value));
    default:
      return orders({ ...compared, comparison });
  }
}

/** Of a list, any. */
function equals({ value: wanted, isQuoted }: Compared): OfValue {
  const number = numberIn(wanted);
  const isGlob = !isQuoted && wanted.includes('*');
  const like = isQuoted ? (text: string) => text === wanted : glob(wanted);
  const same: OfValue = (value) => {
    if (typeof value === 'string') return like(value);
    if (typeof value === 'number') return isGlob ? like(String(value)) : value === number;
    if (Array.isArray(value)) return value.some(same);
    return typeof value === 'object' && value !== null ? wanted === '*' : like(String(value));
  };
  return same;
}

function contains(matcher: Matcher): OfValue {
  return (value) => matcher.test(typeof value === 'string' ? value : JSON.stringify(value));
}

function orders({
  name,
  comparison,
  value: written,
}: Compared & { readonly comparison: '>' | '>=' | '<' | '<=' }): OfValue {
  const bound = numberIn(written) ?? parseDuration(written);
  if (bound === undefined)
    throw new Mistake(
      `${shown(`${name}${comparison}${written}`)} compares with no number`,
      `write ${shown(name)}${comparison}200`,
    );
  const holds = ORDERS[comparison];
  return (value) => {
    const number = typeof value === 'number' ? value : typeof value === 'string' ? measure(value) : undefined;
    return number !== undefined && holds(number, bound);
  };
}

const ORDERS = {
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
};

/** Numbers, and durations in milliseconds: "12", "12ms", "1.5s". */
function measure(text: string): number | undefined {
  return text.length > 40 ? undefined : (numberIn(text) ?? parseDuration(text));
}

function numberIn(text: string): number | undefined {
  if (!/^[+-]?\d*\.?\d+(e[+-]?\d+)?$/i.test(text)) return undefined;
  return Number(text);
}
