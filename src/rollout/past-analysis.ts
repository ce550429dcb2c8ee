import * as z from 'zod';
import type { Sample } from '../analysis/sample.ts';
import { createWatch, type Judged, paced, type Watched, worst } from '../analysis/watch.ts';
import { parseForeign } from '../base/foreign-json.ts';
import { sanitise } from '../base/sanitise.ts';
import { type AnalysisSettings, METRICS } from '../config/settings-analysis.ts';

/** An analysis as the journal of its rollout tells it. */
export interface PastAnalysis {
  readonly watched: Watched;
  /** What was measured, in the order in which it came, and when it came. */
  readonly told: readonly { readonly t: number; readonly samples: readonly Sample[] }[];
  /** When it was over: its end, or when something was decided before. */
  readonly ended: number;
  /** The newest look at each role. */
  readonly then: readonly Judged[];
}

/** What a journal holds comes from hosts: whoever may write there may have written anything. */
const words = z.string().transform(sanitise);
const ids = z.array(words);
const count = z.number().optional();

const sample = z.object({
  instance: words,
  t: z.number(),
  service: z.object({
    status: z.enum(['running', 'starting', 'stopped', 'failed', 'none', 'unknown']),
    start: words,
    detail: words,
    outOfMemory: z.boolean(),
  }),
  release: words.optional(),
  probes: z.array(z.object({ healthy: z.boolean(), latencyMs: count })),
  lines: z.object({ all: z.number(), errors: z.number() }).optional(),
  ...{ memory: count, memoryLimit: count, cpuSeconds: count },
  counters: z
    .object({
      ...{ requests: count, failedRequests: count, work: count },
      // JSON has no infinity: the last bucket has none as its bound
      latency: z.array(z.object({ le: z.number().nullable(), count: z.number() })),
    })
    .optional(),
});

const finding = z.object({
  metric: z.enum(METRICS),
  weight: z.enum(['gate', 'critical', 'supporting']),
  outcome: z.enum(['pass', 'fail', 'doubtful', 'noData']),
  ...{ canary: words, baseline: words, threshold: words, why: words },
  n: z.tuple([z.number(), z.number()]),
  p: z.number().exactOptional(),
  ratio: z.number().exactOptional(),
});

const event = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('analysis.started'),
    ...{ seq: z.number(), t: z.number(), began: z.number(), until: z.number(), release: words },
    sampleEveryMs: z.number().positive(),
    roles: z
      .array(z.object({ role: words, canaries: ids, baselines: ids, against: z.enum(['others', 'nothing']) }))
      .min(1),
  }),
  z.object({ type: z.literal('analysis.sample'), seq: z.number(), t: z.number(), samples: z.array(sample) }),
  z.object({
    type: z.literal('analysis.verdict'),
    ...{ seq: z.number(), t: z.number(), role: words, canaries: ids, baselines: ids },
    look: z.object({
      verdict: z.enum(['Running', 'Successful', 'Failed', 'Inconclusive', 'Error']),
      reason: words,
      findings: z.array(finding),
    }),
  }),
  z.object({ type: z.literal('bake.finished'), seq: z.number(), t: z.number() }),
]);

type KnownEvent = z.infer<typeof event>;

interface Telling {
  readonly watched: Watched;
  readonly told: { readonly t: number; readonly samples: readonly Sample[] }[];
  readonly then: Map<string, Judged>;
  ended: number;
}

/** The analyses of a rollout, by what one or several hosts have kept of its journal. */
export function readAnalyses(lines: readonly string[]): readonly PastAnalysis[] {
  const bySeq = new Map(lines.flatMap((line) => parse(line)).map((one) => [one.seq, one]));
  const all: Telling[] = [];
  let open: Telling | undefined;
  for (const one of [...bySeq.values()].sort((a, b) => a.seq - b.seq)) {
    if (one.type === 'analysis.started') all.push((open = begin(one)));
    else if (open) tell(open, one);
    if (one.type === 'bake.finished') open = undefined;
  }
  return all.map(({ then, ...told }) => ({ ...told, then: [...then.values()] }));
}

function begin({
  began,
  until,
  release,
  sampleEveryMs,
  roles,
  t,
}: Extract<KnownEvent, { type: 'analysis.started' }>): Telling {
  const watched = { began, until, stableFrom: undefined, release, sampleEveryMs, roles };
  return { watched, told: [], ended: t, then: new Map() };
}

function tell(open: Telling, one: Exclude<KnownEvent, { type: 'analysis.started' }>): void {
  open.ended = one.t;
  if (one.type === 'analysis.sample') open.told.push({ t: one.t, samples: one.samples.map(asSample) });
  if (one.type !== 'analysis.verdict') return;
  const { role, canaries, baselines, look } = one;
  open.then.set(role, { role, canaries, baselines, look });
}

/**
 * The same samples judged again, as of the moments at which they came: with the settings of then the verdicts are those of
 * then. One that had ended early is judged by what it had measured until then.
 */
export function judgeAgain({ watched, told, ended }: PastAnalysis, settings: AnalysisSettings): readonly Judged[] {
  const until = Math.min(watched.until, ended);
  const pace = paced(settings, watched.until - watched.began);
  const watch = createWatch({ ...watched, until }, pace);
  const lookUntil = (now: number): readonly Judged[] | undefined => {
    while (watch.nextLook() <= now) {
      const judged = watch.look(watch.nextLook());
      if (worst(judged).look.verdict !== 'Running') return judged;
    }
    return undefined;
  };
  for (const { t, samples } of told) {
    // of samples and a look at one moment nobody knows the order any more: the look comes last
    const judged = lookUntil(Math.min(t, until) - 1);
    if (judged) return judged;
    watch.take(samples, t);
    const alarms = watch.alarms(t);
    if (alarms.length > 0) return alarms;
  }
  return lookUntil(until) ?? [];
}

function asSample(read: z.infer<typeof sample>): Sample {
  const { counters, release, lines, memory, memoryLimit, cpuSeconds, probes } = read;
  return {
    ...{ instance: read.instance, t: read.t, service: read.service, release, lines, memory, memoryLimit, cpuSeconds },
    probes: probes.map(({ healthy, latencyMs }) => ({ healthy, latencyMs })),
    counters: counters && {
      ...{ requests: counters.requests, failedRequests: counters.failedRequests, work: counters.work },
      latency: counters.latency.map(({ le, count: many }) => ({ le: le ?? Infinity, count: many })),
    },
  };
}

function parse(line: string): readonly KnownEvent[] {
  // most lines are of other kinds
  if (!line.includes('"analysis.') && !line.includes('"bake.finished"')) return [];
  const read = parseForeign(event, line);
  return read === undefined ? [] : [read];
}
