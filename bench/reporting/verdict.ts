import { times } from './figures.ts';

/** A promise, and whether this run kept it. Promises whose figures this run did not measure are left out. */
export interface Verdict {
  readonly what: string;
  readonly value: string;
  readonly bound: string;
  readonly kept: boolean;
}

export interface Bound {
  readonly most: number;
  readonly as: (value: number) => string;
}

export function atMost(what: string, value: number, { most, as }: Bound): Verdict {
  return { what, value: as(value), bound: `at most ${as(most)}`, kept: value <= most };
}

export function atLeast(what: string, value: number, least: number): Verdict {
  return { what, value: times(value), bound: `at least ${times(least)}`, kept: value >= least };
}
