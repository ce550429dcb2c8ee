import { growth, type Sample, type ServiceSample } from './sample.ts';

/** Between two samples of an instance that a person looks at. */
export const VITALS_EVERY_MS = 5000;

/** Points that are kept of an instance: five minutes at five seconds. */
export const VITALS_POINTS = 60;

/** What is known of the instances of a stage while somebody looks. */
export interface VitalsState {
  readonly everyMs: number;
  readonly instances: ReadonlyMap<string, InstanceVitals>;
}

export interface InstanceVitals {
  readonly latest: Vitals;
  /** One for every `everyMs`, oldest first; where nothing was heard, a point of which nothing is known. */
  readonly points: readonly VitalsPoint[];
  readonly last: LastHeard;
}

export interface Vitals {
  /** When it was heard of, ms since 1970 by our clock. */
  readonly heardAt: number;
  readonly status: ServiceSample['status'];
  /** What the service says of itself, for people. */
  readonly detail: string;
  /** Starts that were seen, but for the one that was found. */
  readonly restarts: number;
  /** Bytes. */
  readonly memory: number | undefined;
  readonly memoryLimit: number | undefined;
  /** Of one core, since the sample before: 1 is all of it, and several threads may take more. */
  readonly cpuShare: number | undefined;
  /** Of the health check, while it is healthy. */
  readonly latencyMs: number | undefined;
  readonly healthy: boolean | undefined;
  /** Lines of its log that tell of errors; undefined when nobody may read it. */
  readonly errorsPerMinute: number | undefined;
  /** What it gets done a second, by its own count; undefined where it is not asked, or tells nothing. */
  readonly workPerSecond: number | undefined;
}

export interface VitalsPoint {
  /** Lines since the point before. */
  readonly errors: number | undefined;
  readonly cpuShare: number | undefined;
  readonly memory: number | undefined;
  readonly latencyMs: number | undefined;
  /** Pieces a second. */
  readonly work: number | undefined;
}

/** What the next sample is compared with. */
interface LastHeard {
  readonly sample: Sample;
  /** Its last start that was told. */
  readonly start: string;
}

export function initialVitals(everyMs = VITALS_EVERY_MS): VitalsState {
  return { everyMs, instances: new Map() };
}

/** Takes samples as they come; `now` is when, by our clock. */
export function takeVitals(state: VitalsState, samples: readonly Sample[], now: number): VitalsState {
  const instances = new Map(state.instances);
  for (const sample of samples) {
    instances.set(sample.instance, take(instances.get(sample.instance), sample, { now, everyMs: state.everyMs }));
  }
  return { ...state, instances };
}

interface Moment {
  readonly now: number;
  readonly everyMs: number;
}

function take(before: InstanceVitals | undefined, sample: Sample, { now, everyMs }: Moment): InstanceVitals {
  const span = before && spanBetween(before, sample, { now, everyMs });
  const probe = sample.probes.at(-1);
  const point = {
    errors: sample.lines?.errors,
    cpuShare: before && span?.type === 'known' ? cpuShare(before.last.sample, sample, span.ms) : undefined,
    memory: sample.memory,
    latencyMs: probe?.healthy ? probe.latencyMs : undefined,
    work: before && span ? workRate(before.last.sample, sample, span.ms) : undefined,
  };
  const points = [...(before?.points ?? []), ...missed(span, everyMs), point].slice(-VITALS_POINTS);
  const { memory, memoryLimit } = sample;
  const { status, detail, start } = sample.service;
  return {
    latest: {
      ...{ heardAt: now, status, detail, memory, memoryLimit },
      ...{ cpuShare: point.cpuShare, latencyMs: point.latencyMs, healthy: probe?.healthy },
      restarts: before ? before.latest.restarts + restartsSince(before.last, sample) : 0,
      errorsPerMinute: errorsPerMinute(points, everyMs),
      workPerSecond: point.work,
    },
    points,
    last: { sample, start: start || (before?.last.start ?? '') },
  };
}

/** Between two samples, ms. `guessed`: a clock was set meanwhile, so that it is only as good as the time between their arrivals. */
type Span = { readonly type: 'known' | 'guessed'; readonly ms: number };

/** Two samples are as far apart as was asked for (though a slow line may bring both at once), or as their arrivals are. */
function spanBetween({ latest, last }: InstanceVitals, { t }: Sample, { now, everyMs }: Moment): Span {
  const [told, seen] = [t - last.sample.t, now - latest.heardAt];
  const isAsAsked = Math.abs(told - everyMs) <= everyMs / 2;
  const isAsSeen = Math.abs(told - seen) <= Math.max(2000, seen / 4);
  return told > 0 && (isAsAsked || isAsSeen) ? { type: 'known', ms: told } : { type: 'guessed', ms: seen };
}

/** Points of the time in which nothing was heard. */
function missed(span: Span | undefined, everyMs: number): readonly VitalsPoint[] {
  const count = Math.round((span?.ms ?? 0) / everyMs) - 1;
  return Array<VitalsPoint>(Math.min(VITALS_POINTS, Math.max(0, count))).fill(NOTHING);
}

const NOTHING: VitalsPoint = {
  errors: undefined,
  cpuShare: undefined,
  memory: undefined,
  latencyMs: undefined,
  work: undefined,
};

/** Of one process: another one has begun to count anew. */
function cpuShare(before: Sample, { service, cpuSeconds }: Sample, spanMs: number): number | undefined {
  if (before.cpuSeconds === undefined || cpuSeconds === undefined) return undefined;
  if (before.service.start !== service.start || cpuSeconds < before.cpuSeconds) return undefined;
  return ((cpuSeconds - before.cpuSeconds) * 1000) / spanMs;
}

/** Of one process or of the next, which has begun to count anew. */
function workRate(before: Sample, { counters }: Sample, spanMs: number): number | undefined {
  const done = growth([before.counters?.work, counters?.work]);
  return done === undefined || spanMs <= 0 ? undefined : (done * 1000) / spanMs;
}

/** Of several between two samples only the last start is seen; who counts them tells them all. */
function restartsSince(last: LastHeard, sample: Sample): number {
  const [was, is] = [last.sample.service.restarts, sample.service.restarts];
  const counted = was === undefined || is === undefined ? 0 : is - was;
  return Math.max(isRestarted(last, sample) ? 1 : 0, counted);
}

/** Where nothing tells starts apart, processor time that falls does. */
function isRestarted({ sample: before, start }: LastHeard, { service, cpuSeconds }: Sample): boolean {
  if (start !== '') return service.start !== '' && service.start !== start;
  return service.start === '' && (cpuSeconds ?? Infinity) < (before.cpuSeconds ?? 0);
}

const MINUTE = 60_000;

function errorsPerMinute(points: readonly VitalsPoint[], everyMs: number): number | undefined {
  const count = Math.max(1, Math.round(MINUTE / everyMs));
  const known = points.slice(-count).flatMap(({ errors }) => errors ?? []);
  if (known.length === 0) return undefined;
  return (known.reduce((sum, errors) => sum + errors, 0) * MINUTE) / (count * everyMs);
}
