import { type Comparison, type Finding, type Outcome, ratioOf, sum, type Track } from './finding.ts';
import { growth } from './sample.ts';
import type { AnalysisSettings } from '../config/settings-analysis.ts';

/**
 * Up but doing nothing is the commonest way in which a bot fails: work by its own count, or lines in its log where it counts
 * nothing. One that gets no requests while others do has no traffic, which is nobody's failure.
 */
export function judgeWork({ canaries, baselines }: Comparison, { work }: AnalysisSettings): Finding {
  const [own, others] = [canaries.map(done), baselines.map(done)];
  const [canary, baseline] = [mean(own), mean(others)];
  const ratio = ratioOf(canary, baseline);
  const common = {
    ...({ metric: 'work', weight: 'critical', canary: canary.toFixed(0), baseline: baseline.toFixed(0) } as const),
    ...{ n: [own.length, others.length] as const, threshold: `${percent(work.failedDrop)} less` },
    ...(ratio === undefined ? {} : { ratio }),
  };
  if (sum(others) < work.least)
    return { ...common, outcome: 'noData', why: `the others have done fewer than ${work.least} pieces of work` };
  if (hasNoTraffic(canaries, baselines)) return { ...common, outcome: 'noData', why: 'it got no requests' };
  const drop = 1 - (ratio ?? 1);
  const outcome: Outcome = drop >= work.failedDrop ? 'fail' : drop >= work.doubtfulDrop ? 'doubtful' : 'pass';
  return {
    ...common,
    outcome,
    why: outcome === 'pass' ? 'it works as much as the others' : `it does ${percent(drop)} less than the others`,
  };
}

function done({ samples }: Track): number {
  const counted = growth(samples.map(({ counters }) => counters?.work));
  return counted ?? sum(samples.map(({ lines }) => (lines === undefined ? 0 : lines.all - lines.errors)));
}

function hasNoTraffic(canaries: readonly Track[], baselines: readonly Track[]): boolean {
  const requests = (tracks: readonly Track[]) =>
    sum(tracks.map(({ samples }) => growth(samples.map(({ counters }) => counters?.requests)) ?? 0));
  return requests(canaries) === 0 && requests(baselines) > 0;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : sum(values) / values.length;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
