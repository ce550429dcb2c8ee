import type { Comparison, Track } from '../../../src/analysis/finding.ts';
import type { Counters, Sample } from '../../../src/analysis/sample.ts';
import { ANALYSIS } from '../../../src/config/analysis.ts';
import { judge, type Look } from '../../../src/analysis/verdict.ts';

export const NEW = '20261121T120000Z-2222222';
const OLD = '20261121T110000Z-1111111';
export const BEGAN = Date.UTC(2026, 10, 21, 12);
const MINUTES = 10;

/** What an instance is like, in the terms in which releases get worse. */
export interface Nature {
  /** Moments with errors, a minute. */
  readonly incidents: number;
  /** Of a request, ms. */
  readonly latency: number;
  /** Requests between two samples. */
  readonly requests: number;
  /** Bytes more at each sample. */
  readonly leak: number;
}

export const HEALTHY: Nature = { incidents: 0.5, latency: 60, requests: 40, leak: 0 };

/** Numbers that look random and are the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function normal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

function poisson(mean: number, next: () => number): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = next(); product > limit; product *= next()) count += 1;
  return count;
}

const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, Infinity];

interface Being {
  readonly nature: Nature;
  readonly release: string;
}

/** Ten minutes of one instance: its host differs from others by 15 %, neighbouring moments are alike, errors come in bursts. */
export function trace(instance: string, { nature, release }: Being, next: () => number): Track {
  const host = Math.exp(0.15 * normal(next));
  const samples: Sample[] = [];
  const counts = BOUNDS.map(() => 0);
  let [drift, requests, failed, work] = [0, 0, 0, 0];
  for (let index = 0; index <= MINUTES * 6; index += 1) {
    drift = 0.6 * drift + 0.8 * 0.15 * normal(next);
    const typical = nature.latency * host * Math.exp(drift);
    const served = poisson(nature.requests, next);
    const incidents = poisson((nature.incidents * host) / 6, next);
    for (let request = 0; request < served; request += 1) {
      const seconds = (typical * Math.exp(0.3 * normal(next))) / 1000;
      BOUNDS.forEach((le, at) => (counts[at]! += seconds <= le ? 1 : 0));
    }
    requests += served;
    work += served;
    failed += Math.min(served, incidents);
    const errors = incidents * (5 + Math.floor(10 * next()));
    const latency = BOUNDS.map((le, at) => ({ le, count: counts[at]! }));
    samples.push({
      ...{ instance, t: BEGAN + index * 10_000, release },
      service: { status: 'running', start: 's1', detail: '', outOfMemory: false },
      probes: [{ healthy: true, latencyMs: 5 * host * Math.exp(0.2 * normal(next)) }],
      lines: { all: errors + served, errors },
      ...{ memory: 120e6 + nature.leak * index + 1e6 * normal(next), memoryLimit: 512e6, cpuSeconds: index * host },
      counters: { requests, failedRequests: failed, work, latency } satisfies Counters,
    });
  }
  return { instance, samples };
}

/** A canary beside baselines. */
export function compare(nature: Nature, { baselines = 3, seed = 1 } = {}): Comparison {
  const next = random(seed);
  return {
    canaries: [trace('web.1@h1', { nature, release: NEW }, next)],
    baselines: Array.from({ length: baselines }, (_, index) =>
      trace(`web.${index + 2}@h1`, { nature: HEALTHY, release: OLD }, next),
    ),
  };
}

/** As a rollout looks: each minute from the second on, until something is decided. */
export function watch(comparison: Comparison, settings = ANALYSIS): Look {
  let before: Look | undefined;
  for (let minute = 2; ; minute += 1) {
    const until = BEGAN + minute * 60_000;
    const seen = (tracks: readonly Track[]) =>
      tracks.map(({ instance, samples }) => ({ instance, samples: samples.filter(({ t }) => t <= until) }));
    const turn = minute === MINUTES ? 'last' : 'between';
    const known = { canaries: seen(comparison.canaries), baselines: seen(comparison.baselines) };
    const look = judge({
      comparison: known,
      planned: { release: NEW },
      settings,
      began: BEGAN,
      before,
      turn,
      missed: 0,
      against: 'others',
    });
    if (look.verdict !== 'Running') return look;
    before = look;
  }
}
