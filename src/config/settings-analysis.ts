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
  /** How long all instances are watched once all of them run the release, ms. */
  readonly afterMs: number;
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

/** What an instance tells of itself, in the text format of Prometheus, and which of it counts. */
export interface MetricsSettings {
  /** Asked from the host itself. */
  readonly url: string;
  readonly requests: Selector | undefined;
  readonly failed: Selector | undefined;
  /** A histogram in seconds, by the name without `_bucket`. */
  readonly latency: Selector | undefined;
  /** Work done: messages handled, jobs processed. */
  readonly work: Selector | undefined;
}

/** Series of one name whose labels match: their values are added up. */
export interface Selector {
  readonly name: string;
  readonly labels: readonly LabelPattern[];
}

export interface LabelPattern {
  readonly label: string;
  /** A regular expression that the whole value has to match. */
  readonly pattern: string;
}
