import type { Sample } from './sample.ts';
import type { Metric } from '../config/settings-analysis.ts';

/** The samples of one instance, oldest first. */
export interface Track {
  readonly instance: string;
  readonly samples: readonly Sample[];
}

/** New instances beside those that were not updated yet, over the same time. */
export interface Comparison {
  readonly canaries: readonly Track[];
  /** Those that were healthy when it began. */
  readonly baselines: readonly Track[];
}

/** What one metric says at one look, with all that it takes to see why. */
export interface Finding {
  readonly metric: Metric;
  /** A failed one decides alone. */
  readonly weight: 'gate' | 'critical' | 'supporting';
  readonly outcome: Outcome;
  /** For people: "12 of 54 buckets", "31 ms". */
  readonly canary: string;
  readonly baseline: string;
  /** How many values were compared, canary and baseline. */
  readonly n: readonly [number, number];
  /** How likely chance alone makes such a difference; undefined where nothing is tested. */
  readonly p?: number;
  readonly ratio?: number;
  /** What it would take to fail. */
  readonly threshold: string;
  readonly why: string;
}

/** `doubtful`: bad enough to ask a person, not to go back. */
export type Outcome = 'pass' | 'fail' | 'doubtful' | 'noData';

export function samplesOf(tracks: readonly Track[]): readonly Sample[] {
  return tracks.flatMap(({ samples }) => samples);
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** "2.4 x"; a baseline of nothing has no ratio. */
export function ratioOf(canary: number, baseline: number): number | undefined {
  return baseline > 0 ? canary / baseline : undefined;
}
