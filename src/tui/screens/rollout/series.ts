import { sum } from '../../../analysis/finding.ts';
import type { Sample } from '../../../analysis/sample.ts';
import type { Watched } from '../../../analysis/watch.ts';

/** What was measured while canaries are watched, summed up by spans of time: enough for a line, however many are watched. */
export interface Series {
  readonly watched: Watched;
  readonly roles: Readonly<Record<string, Sides>>;
}

export interface Sides {
  readonly canary: Track;
  readonly baseline: Track;
}

export interface Track {
  /** The number of its first span, counted from the begin of the watch. */
  readonly first: number;
  /** At most `SPANS`, the newest last. */
  readonly spans: readonly Span[];
}

/** What all instances of a side have told of one span. */
export interface Span {
  readonly errors: Sum;
  readonly latency: Sum;
}

export interface Sum {
  readonly total: number;
  readonly of: number;
}

export type Measure = keyof Span;

/** An hour, at a sample every ten seconds. */
export const SPANS = 360;

const nothing: Sum = { total: 0, of: 0 };
const gap: Span = { errors: nothing, latency: nothing };
const empty: Track = { first: 0, spans: [] };

export function newSeries(watched: Watched): Series {
  const sides: Sides = { canary: empty, baseline: empty };
  return { watched, roles: Object.fromEntries(watched.roles.map(({ role }) => [role, sides])) };
}

/** With what one host has told. */
export function withSamples(series: Series, samples: readonly Sample[]): Series {
  const { watched } = series;
  let { roles } = series;
  for (const { role, canaries, baselines } of watched.roles) {
    const before = roles[role] ?? { canary: empty, baseline: empty };
    const canary = added(before.canary, toldBy(canaries, samples), watched);
    const baseline = added(before.baseline, toldBy(baselines, samples), watched);
    roles = { ...roles, [role]: { canary, baseline } };
  }
  return { ...series, roles };
}

function toldBy(ids: readonly string[], samples: readonly Sample[]): readonly Sample[] {
  return samples.filter(({ instance }) => ids.includes(instance));
}

function added(track: Track, samples: readonly Sample[], { began, sampleEveryMs }: Watched): Track {
  return samples.reduce((sofar, sample) => {
    const number = Math.max(0, Math.floor((sample.t - began) / Math.max(1, sampleEveryMs)));
    return withSpan(sofar, number, sample);
  }, track);
}

/** A span that nobody told of is a gap; one that has been forgotten stays so. */
function withSpan({ first, spans }: Track, number: number, sample: Sample): Track {
  const begin = spans.length === 0 ? number : first;
  if (number < begin) return { first, spans };
  const missing = Math.min(SPANS, Math.max(0, number - begin - spans.length + 1));
  const all = [...spans, ...Array.from({ length: missing }, () => gap)];
  const start = Math.max(begin, number - all.length + 1);
  const grown = all.with(number - start, plus(all[number - start]!, sample));
  const forgotten = Math.max(0, grown.length - SPANS);
  return { first: start + forgotten, spans: grown.slice(forgotten) };
}

function plus({ errors, latency }: Span, { lines, probes }: Sample): Span {
  const known = probes.flatMap(({ healthy, latencyMs }) => (healthy && latencyMs !== undefined ? [latencyMs] : []));
  return {
    errors: lines === undefined ? errors : { total: errors.total + lines.errors, of: errors.of + 1 },
    latency: { total: latency.total + sum(known), of: latency.of + known.length },
  };
}

/** The mean of each span; undefined where nothing was told. */
export function valuesOf({ spans }: Track, measure: Measure): readonly (number | undefined)[] {
  return spans.map((span) => (span[measure].of === 0 ? undefined : span[measure].total / span[measure].of));
}
