import { type Comparison, type Finding, ratioOf, type Track } from './finding.ts';
import { growth } from './sample.ts';
import type { AnalysisSettings } from '../config/settings-analysis.ts';
import { median, type Point, slope } from './statistics.ts';

/** What a new process takes of its machine. Ten minutes prove no leak, so this asks a person at most. */
export function judgeMemory(comparison: Comparison, settings: AnalysisSettings, began: number): Finding {
  const { leastSamples, afterMs, withinMs } = settings.memory;
  const tracks = comparison.canaries.map((track) => ({ ...track, points: points(track, began + afterMs) }));
  const usual = median(comparison.baselines.flatMap((track) => points(track, 0).map(({ y }) => y)));
  const longest = Math.max(0, ...tracks.map((track) => track.points.length));
  const common = {
    ...({ metric: 'memory', weight: 'supporting' } as const),
    ...{
      canary: megabytes(median(tracks.flatMap((track) => track.points.map(({ y }) => y)))),
      baseline: megabytes(usual),
    },
    ...{
      n: [longest, comparison.baselines.length] as const,
      threshold: `its limit, or twice the others', within a day`,
    },
  };
  if (longest < leastSamples)
    return {
      ...common,
      outcome: 'noData',
      why: `fewer than ${leastSamples} samples after ${afterMs / 60_000} minutes`,
    };
  const growing = tracks.filter(({ samples, points: values }) => {
    const limit = samples.at(-1)?.memoryLimit ?? 2 * usual;
    const last = values.at(-1);
    return last !== undefined && last.y + Math.max(0, slope(values)) * withinMs > limit;
  });
  if (growing.length === 0) return { ...common, outcome: 'pass', why: 'it does not grow towards its limit' };
  return {
    ...common,
    outcome: 'doubtful',
    why: `${growing[0]!.instance} grows so fast that it meets its limit within a day`,
  };
}

function points({ samples }: Track, since: number): readonly Point[] {
  return samples.flatMap(({ t, memory }) => (memory === undefined || t < since ? [] : [{ x: t, y: memory }]));
}

export function judgeCpu({ canaries, baselines }: Comparison, { cpu }: AnalysisSettings): Finding {
  const [own, others] = [canaries.flatMap(cores), baselines.flatMap(cores)];
  const [canary, baseline] = [median(own), median(others)];
  const ratio = ratioOf(canary, baseline);
  const common = {
    ...({ metric: 'cpu', weight: 'supporting', canary: told(canary), baseline: told(baseline) } as const),
    ...{ n: [own.length, others.length] as const, threshold: `${cpu.ratio} x and ${cpu.cores} cores more` },
    ...(ratio === undefined || Number.isNaN(ratio) ? {} : { ratio }),
  };
  if (own.length === 0 || others.length === 0) return { ...common, outcome: 'noData', why: 'it was not measured' };
  const isMore = (ratio ?? cpu.ratio) >= cpu.ratio && canary - baseline >= cpu.cores;
  return {
    ...common,
    outcome: isMore ? 'doubtful' : 'pass',
    why: isMore ? 'it works harder than the others' : 'it works no harder',
  };
}

/** Processor time over time, of one instance. */
function cores({ samples }: Track): readonly number[] {
  const [first, last] = [samples[0], samples.at(-1)];
  const used = growth(samples.map(({ cpuSeconds }) => cpuSeconds));
  if (first === undefined || last === undefined || used === undefined || last.t <= first.t) return [];
  return [(used * 1000) / (last.t - first.t)];
}

function told(value: number): string {
  return Number.isNaN(value) ? 'unknown' : `${value.toFixed(2)} cores`;
}

function megabytes(bytes: number): string {
  return Number.isNaN(bytes) ? 'unknown' : `${(bytes / 1_048_576).toFixed(0)} MiB`;
}
