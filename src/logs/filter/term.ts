import { sanitise } from '../../base/sanitise.ts';
import type { Matcher } from '../matcher.ts';
import type { LogRecord } from '../record.ts';
import type { Reckoning } from '../when.ts';

export type Wanted = (record: LogRecord) => boolean;

export type TermName = 'level' | 'host' | 'instance' | 'role' | 'release' | 'since' | 'until';

/** One of the things that have to hold of a record. */
export interface Term {
  readonly type: TermName | 'word' | 'regex' | 'field';
  /** As it was written, without the sign. */
  readonly text: string;
  readonly says: 'has' | 'lacks';
  /** With the sign. */
  readonly wanted: Wanted;
  /** What to mark in the texts that are wanted. */
  readonly highlight?: Matcher | undefined;
  /** Of `since` and `until`: milliseconds since 1970. */
  readonly t?: number | undefined;
}

/** What a term means before its sign and its text are looked at. */
export type Meaning = Pick<Term, 'wanted' | 'highlight' | 't'>;

/** What is known beyond the record itself. */
export interface Surroundings extends Reckoning {
  readonly releaseOf?: ((record: LogRecord) => string | undefined) | undefined;
}

/** A term that says nothing. Both parts are of one line: what is wrong with which term, and what to write instead. */
export class Mistake extends Error {
  readonly mend: string;

  constructor(message: string, mend: string) {
    super(message);
    this.mend = mend;
  }
}

const LONGEST_SHOWN = 40;

/** A term in an error. */
export function shown(text: string): string {
  const clean = sanitise(text);
  return clean.length > LONGEST_SHOWN ? `${clean.slice(0, LONGEST_SHOWN - 1)}…` : clean;
}

/** The alternatives of "a,b": at least one, none of them empty. */
export function alternatives(name: string, value: string, example: string): readonly string[] {
  const all = value.split(',').filter((alternative) => alternative !== '' && alternative !== '=');
  if (all.length === 0) throw new Mistake(`${name}: says nothing`, `write ${name}:${example}`);
  return all;
}
