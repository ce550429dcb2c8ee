import { type Comparison, type Finding, ratioOf, samplesOf, sum, type Track } from './finding.ts';
import { growth } from './sample.ts';
import type { AnalysisSettings } from '../config/settings-analysis.ts';
import { binomialTail, fisher, type Share } from './statistics.ts';

/** Below this share of what the others write its log says nothing: an instance without traffic makes no errors either. */
const LEAST_LINES = 0.1;

/**
 * Spans of time with an error in the log, not lines: errors come in bursts, and a test on lines would call one of three
 * healthy releases worse.
 */
export function judgeErrorLines({ canaries, baselines }: Comparison, settings: AnalysisSettings): Finding {
  const { least, ratio: worst } = settings.errorLines;
  const [canary, baseline] = [buckets(canaries), buckets(baselines)];
  const common = {
    ...({ metric: 'errorLines', weight: 'critical' } as const),
    ...{ canary: told(canary), baseline: told(baseline), n: [canary.of, baseline.of] as const },
    threshold: `${least} or more, ${worst} x, p < ${settings.p}`,
  };
  const silent = quiet(canaries, baselines);
  if (silent !== undefined) return { ...common, outcome: 'noData', why: silent };
  const chance = canaries.length / (canaries.length + baselines.length);
  const p = baselines.length === 0 ? 1 : binomialTail(canary.hits, canary.hits + baseline.hits, chance);
  const ratio = ratioOf(canary.hits / canaries.length, baseline.hits / Math.max(1, baselines.length));
  const isWorse = canary.hits >= least && (ratio ?? worst) >= worst && p < settings.p;
  const why = isWorse ? 'errors in more spans of time than chance explains' : 'no more errors than chance explains';
  return { ...common, outcome: isWorse ? 'fail' : 'pass', p, ...(ratio === undefined ? {} : { ratio }), why };
}

/** Why the log of the canary proves nothing; undefined when it does. */
function quiet(canaries: readonly Track[], baselines: readonly Track[]): string | undefined {
  const [own, others] = [linesOf(canaries), linesOf(baselines)];
  if (own === undefined) return 'its log cannot be read';
  if (others === undefined) return 'there is nothing to compare it with';
  const [mean, usual] = [own / canaries.length, others / Math.max(1, baselines.length)];
  if (mean > 0 && mean >= LEAST_LINES * usual) return undefined;
  return `it wrote ${own === 0 ? 'nothing' : 'next to nothing'}: it may not have had any work`;
}

function linesOf(tracks: readonly Track[]): number | undefined {
  const readable = samplesOf(tracks).flatMap(({ lines }) => (lines === undefined ? [] : [lines.all]));
  return readable.length === 0 ? undefined : sum(readable);
}

function buckets(tracks: readonly Track[]): Share {
  const readable = samplesOf(tracks).flatMap(({ lines }) => (lines === undefined ? [] : [lines.errors]));
  return { hits: readable.filter((errors) => errors > 0).length, of: readable.length };
}

/** Requests that failed, as the app counts them. */
export function judgeRequestErrors({ canaries, baselines }: Comparison, settings: AnalysisSettings): Finding {
  const { leastRequests, least, ratio: worst, points } = settings.requestErrors;
  const [canary, baseline] = [requests(canaries), requests(baselines)];
  const common = {
    ...({ metric: 'requestErrors', weight: 'critical' } as const),
    ...{ canary: told(canary), baseline: told(baseline), n: [canary.of, baseline.of] as const },
    threshold: `${least} or more, ${worst} x, ${points} point more, p < ${settings.p}`,
  };
  if (canary.of < leastRequests || baseline.of < leastRequests)
    return { ...common, outcome: 'noData', why: `fewer than ${leastRequests} requests` };
  const [own, others] = [canary.hits / canary.of, baseline.hits / baseline.of];
  const [p, ratio] = [fisher(canary, baseline), ratioOf(own, others)];
  const isWorse = canary.hits >= least && (ratio ?? worst) >= worst && (own - others) * 100 >= points && p < settings.p;
  const smallest = Math.max(points / 100, 3 / canary.of);
  const why = isWorse
    ? 'a larger share of its requests fails'
    : `nothing larger than ${(smallest * 100).toFixed(1)} % more could be told of so many requests`;
  return { ...common, outcome: isWorse ? 'fail' : 'pass', p, ...(ratio === undefined ? {} : { ratio }), why };
}

function requests(tracks: readonly Track[]): Share {
  const grown = (read: (track: Track) => readonly (number | undefined)[]) =>
    sum(tracks.map((track) => growth(read(track)) ?? 0));
  return {
    hits: grown(({ samples }) => samples.map(({ counters }) => counters?.failedRequests)),
    of: grown(({ samples }) => samples.map(({ counters }) => counters?.requests)),
  };
}

function told({ hits, of }: Share): string {
  return `${hits} of ${of}`;
}
