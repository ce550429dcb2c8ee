import { nearest } from '../../base/nearest.ts';
import type { Matcher } from '../matcher.ts';
import { NAMES } from './split.ts';
import type { Term, Wanted } from './term.ts';

/** What is wanted of the records. */
export interface Filter {
  readonly type: 'filter';
  readonly wanted: Wanted;
  readonly terms: readonly Term[];
  /** What to mark in the texts of the records that are wanted. */
  readonly highlights: readonly Matcher[];
  /** What may be meant otherwise than it is taken, each in one line. */
  readonly doubts: readonly string[];
  /** The time that is looked at, milliseconds since 1970; undefined where it is open. */
  readonly since: number | undefined;
  readonly until: number | undefined;
}

/** Those that read through texts come last. */
const COSTLY: readonly Term['type'][] = ['word', 'regex'];

export function join(terms: readonly Term[]): Filter {
  const has = terms.filter(({ says }) => says === 'has');
  const timesOf = (type: Term['type']) => has.filter((term) => term.type === type).map(({ t }) => t!);
  return {
    type: 'filter',
    wanted: all(terms),
    terms,
    highlights: has.flatMap(({ highlight }) => (highlight ? [highlight] : [])),
    doubts: terms.flatMap(doubtsOf),
    since: timesOf('since').reduce<number | undefined>((a, b) => Math.max(a ?? b, b), undefined),
    until: timesOf('until').reduce<number | undefined>((a, b) => Math.min(a ?? b, b), undefined),
  };
}

function all(terms: readonly Term[]): Wanted {
  const cheap = terms.filter(({ type }) => !COSTLY.includes(type));
  const tests = [...cheap, ...terms.filter(({ type }) => COSTLY.includes(type))].map(({ wanted }) => wanted);
  const [only] = tests;
  if (only && tests.length === 1) return only;
  return (record) => {
    for (const test of tests) if (!test(record)) return false;
    return true;
  };
}

/** "levle:warn" is text, since "a:b" is, too; but hardly meant to be. */
function doubtsOf({ type, text }: Term): readonly string[] {
  const name = type === 'word' ? /^([a-z]{3,}):(?!\/)/.exec(text)?.[1] : undefined;
  const meant = name === undefined ? undefined : nearest(name, NAMES);
  return meant === undefined ? [] : [`${name!}: is looked for as text; did you mean ${meant}:?`];
}
