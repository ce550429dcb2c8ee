/** What one look at one instance has found. Counters are as the process has them: they begin anew when it does. */
export interface Sample {
  readonly instance: string;
  /** Milliseconds since 1970. */
  readonly t: number;
  readonly service: ServiceSample;
  /** The release that the process runs; undefined when nothing tells. */
  readonly release: string | undefined;
  /** Probes since the sample before. */
  readonly probes: readonly ProbeResult[];
  /** Lines of its log since the sample before; undefined: there is no right to read it. */
  readonly lines: { readonly all: number; readonly errors: number } | undefined;
  /** Bytes. */
  readonly memory: number | undefined;
  readonly memoryLimit: number | undefined;
  /** Processor time since it was started, seconds. */
  readonly cpuSeconds: number | undefined;
  /** What it tells of itself at /metrics, when it is asked. */
  readonly counters: Counters | undefined;
}

export interface ServiceSample {
  readonly status: 'running' | 'starting' | 'stopped' | 'failed' | 'none' | 'unknown';
  /** Changes with every start. */
  readonly start: string;
  readonly detail: string;
  readonly outOfMemory: boolean;
  /** How often its service manager has started it again by itself; told to a person alone. */
  readonly restarts?: number | undefined;
}

/** Of the disk that a host keeps its releases on. */
export interface DiskUse {
  /** Bytes that are taken, and those that are left for us. */
  readonly usedBytes: number;
  readonly freeBytes: number;
  /** Undefined where the disk makes them as it needs them. */
  readonly inodes: { readonly used: number; readonly free: number } | undefined;
}

export interface ProbeResult {
  readonly healthy: boolean;
  readonly latencyMs: number | undefined;
}

/** Each only grows while the process lives. */
export interface Counters {
  readonly requests: number | undefined;
  readonly failedRequests: number | undefined;
  /** Work done: messages handled, jobs processed. */
  readonly work: number | undefined;
  /** Upper bounds (seconds) and how many requests took at most so long. */
  readonly latency: readonly { readonly le: number; readonly count: number }[];
}

/** How much a counter grew over the samples of one instance; a smaller value than before is a new process. */
export function growth(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  if (known.length < 2) return undefined;
  return known.slice(1).reduce((sum, value, index) => {
    const before = known[index]!;
    return sum + (value >= before ? value - before : value);
  }, 0);
}
