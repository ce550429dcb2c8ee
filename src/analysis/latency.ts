import { type Comparison, type Finding, ratioOf, type Track } from './finding.ts';
import type { Counters, Sample } from './sample.ts';
import type { AnalysisSettings } from '../config/settings-analysis.ts';
import { mannWhitney, median } from './statistics.ts';

/** How long requests take, as the app measures them. */
export function judgeLatency(comparison: Comparison, settings: AnalysisSettings): Finding {
  return judge(comparison, settings, { metric: 'latency', weight: 'critical', of: requestLatencies });
}

/** How long the health check takes: it says little of the work that users wait for, so it never decides alone. */
export function judgeHealthLatency(comparison: Comparison, settings: AnalysisSettings): Finding {
  return judge(comparison, settings, { metric: 'healthLatency', weight: 'supporting', of: probeLatencies });
}

interface Kind {
  readonly metric: 'latency' | 'healthLatency';
  readonly weight: 'critical' | 'supporting';
  /** One value for each span between two samples, ms. */
  readonly of: (track: Track) => readonly number[];
}

/**
 * The typical canary against the typical baseline, and against the slowest of them: hosts differ by themselves, and samples
 * of one process are not independent, so a test of ranks alone would call every fourth healthy release slow.
 */
function judge(
  { canaries, baselines }: Comparison,
  { latency, p: limit }: AnalysisSettings,
  { metric, weight, of }: Kind,
): Finding {
  const [canary, ...others] = [canaries.flatMap(of), ...baselines.map(of)];
  const baseline = others.flat();
  const [own, usual] = [median(canary), median(baseline)];
  const worst = Math.max(...others.filter((values) => values.length > 0).map(median));
  const common = {
    ...{ metric, weight, canary: told(own), baseline: told(usual), n: [canary.length, baseline.length] as const },
    threshold: `${latency.ratio} x, ${latency.leastMs} ms more, ${latency.aboveWorst} x the slowest, p < ${limit}`,
  };
  const least = latency.leastBuckets;
  if (canary.length < least || baseline.length < least)
    return { ...common, outcome: 'noData', why: `fewer than ${least} values on a side` };
  const [p, ratio] = [mannWhitney(canary, baseline), ratioOf(own, usual)];
  const isWorse =
    (ratio ?? latency.ratio) >= latency.ratio &&
    own - usual >= latency.leastMs &&
    own > latency.aboveWorst * worst &&
    p < limit;
  const facts = { ...common, p, ...(ratio === undefined ? {} : { ratio }) };
  if (!isWorse) return { ...facts, outcome: 'pass', why: 'it takes no longer than the others differ among themselves' };
  // one host against one: nobody can tell a slow release from a slow host
  if (others.length < 2) return { ...facts, outcome: 'doubtful', why: 'it takes longer than the only other' };
  return { ...facts, outcome: 'fail', why: 'it takes longer than any of the others' };
}

function probeLatencies({ samples }: Track): readonly number[] {
  return samples.flatMap(({ probes }) => {
    const known = probes.flatMap(({ healthy, latencyMs }) => (healthy && latencyMs !== undefined ? [latencyMs] : []));
    return known.length === 0 ? [] : [median(known)];
  });
}

const SHARE = 0.95;

/** The 95th percentile of each span between two samples. */
function requestLatencies({ samples }: Track): readonly number[] {
  return samples.slice(1).flatMap((sample, index) => percentile(samples[index]!, sample) ?? []);
}

function percentile(before: Sample, after: Sample): number | undefined {
  const [older, newer] = [before.counters?.latency ?? [], after.counters?.latency ?? []];
  const isAnew = before.service.start !== after.service.start;
  const counts = newer.map(({ le, count }) => ({ le, count: count - (isAnew ? 0 : countAt(older, le)) }));
  const all = counts.at(-1)?.count ?? 0;
  if (all <= 0) return undefined;
  const wanted = all * SHARE;
  const at = counts.findIndex(({ count }) => count >= wanted);
  const [low, high] = [counts[at - 1] ?? { le: 0, count: 0 }, counts[at]!];
  // beyond the last bound nothing more is known
  if (!Number.isFinite(high.le)) return low.le * 1000;
  const share = high.count === low.count ? 1 : (wanted - low.count) / (high.count - low.count);
  return (low.le + (high.le - low.le) * share) * 1000;
}

function countAt(buckets: Counters['latency'], le: number): number {
  return buckets.find((bucket) => bucket.le === le)?.count ?? 0;
}

function told(ms: number): string {
  return Number.isNaN(ms) ? 'unknown' : `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
}
