import { describe, expect, test } from 'vitest';
import type { Sample } from '../../src/analysis/sample.ts';
import type { EventBody } from '../../src/rollout/events.ts';
import { PROBES } from '../../src/tui/screens/rollout/history.ts';
import { SPANS, valuesOf } from '../../src/tui/screens/rollout/series.ts';
import { INSTANCES, NEW, NOW, OLD, plan } from './support/fleet.ts';
import { RolloutScreen } from './support/rollout-screen.ts';

const ONE = INSTANCES[0]!;

function probe(attempt: number, outcome = '200'): EventBody {
  const sample = { healthy: outcome === '200', outcome, latencyMs: 12 };
  return { type: 'probe.sample', instance: ONE, attempt, sample, healthyMs: 0, neededMs: 1000 };
}

describe('the probes of an instance', () => {
  test('are kept in order, and only so many of them', () => {
    const screen = new RolloutScreen();
    for (let attempt = 1; attempt <= PROBES + 7; attempt += 1) screen.tell(probe(attempt));
    const { probes } = screen.view.history.instances[ONE]!;
    expect(probes).toHaveLength(PROBES);
    expect([probes[0]!.attempt, probes.at(-1)!.attempt]).toEqual([8, PROBES + 7]);
  });

  test('are shown with the newest last, and those of another start apart', () => {
    const screen = new RolloutScreen({ size: { columns: 120, rows: 40 } });
    screen.is(ONE, 'verifying');
    screen.tell(probe(1, 'no answer in 2s or connection refused'));
    screen.tell(probe(2, '500'));
    screen.is(ONE, 'verifying', { release: OLD });
    screen.tell(probe(1));
    expect(screen.text).toContain('✗ no answer 12ms  ✗ 500 12ms  │ ✓ 200 12ms');
  });

  test('give way from the oldest on where there is no room', () => {
    const screen = new RolloutScreen({ size: { columns: 120, rows: 40 } });
    screen.is(ONE, 'verifying');
    for (let attempt = 1; attempt <= 30; attempt += 1) screen.tell(probe(attempt, attempt === 30 ? '503' : '200'));
    const row = screen.text.split('\n').find((line) => line.includes('probes'))!;
    expect(row).toMatch(/probes …( {2}✓ 200 12ms)+ {2}✗ 503 12ms$/);
  });
});

describe('the time of a step', () => {
  test('is known once the next one begins, and of the last one when the rollout ends', () => {
    const screen = new RolloutScreen({ size: { columns: 120, rows: 40 } });
    screen.step(1);
    screen.wait(12_000);
    screen.step(2);
    screen.wait(3000);
    expect(screen.text).toMatch(/1 ✓ stage on .* 12s│/);
    screen.tell({ type: 'rollout.finished', phase: 'Aborted', reason: '', exitCode: 1 });
    screen.wait(60_000);
    expect(screen.view.history.steps).toEqual({
      0: { since: NOW, until: NOW + 12_000 },
      1: { since: NOW + 12_000, until: NOW + 15_000 },
    });
  });

  test('of one that is done again counts from its first begin', () => {
    const screen = new RolloutScreen();
    screen.step(2);
    screen.wait(5000);
    screen.step(2);
    expect(screen.view.history.steps[1]).toEqual({ since: NOW, until: undefined });
  });

  test('is none for a watch that somebody had left out', () => {
    const screen = new RolloutScreen({ size: { columns: 120, rows: 40 } });
    screen.step(2);
    screen.step(4);
    expect(screen.text).toContain('3 − watch for 1m');
  });
});

describe('what is measured of canaries', () => {
  const roles = [{ role: 'bot', canaries: [ONE], baselines: INSTANCES.slice(1), against: 'others' as const }];
  const watched = {
    began: NOW,
    until: NOW + 600_000,
    stableFrom: undefined,
    release: NEW,
    sampleEveryMs: 10_000,
    roles,
  };

  function sample(instance: string, span: number, told: { errors?: number; latencyMs?: number }): Sample {
    const { errors, latencyMs } = told;
    return {
      ...{ instance, t: NOW + span * 10_000 + 500, release: NEW, memory: undefined, memoryLimit: undefined },
      service: { status: 'running', start: '1', detail: '', outOfMemory: false },
      probes: latencyMs === undefined ? [] : [{ healthy: true, latencyMs }],
      lines: errors === undefined ? undefined : { all: 10, errors },
      ...{ cpuSeconds: undefined, counters: undefined },
    };
  }

  function sides(samples: readonly (readonly Sample[])[]) {
    const screen = new RolloutScreen();
    screen.tell({ type: 'analysis.started', ...watched });
    for (const one of samples) screen.tell({ type: 'analysis.sample', host: 'fra-1', samples: one });
    return screen.view.history.series!.roles['bot']!;
  }

  test('is the mean of each side by spans of time, whichever host tells it when', () => {
    const [a, b] = [INSTANCES[1]!, INSTANCES[2]!];
    const { canary, baseline } = sides([
      [sample(ONE, 0, { errors: 2, latencyMs: 30 }), sample(a, 0, { errors: 0, latencyMs: 10 })],
      [sample(ONE, 1, { errors: 0, latencyMs: 50 })],
      [sample(b, 0, { errors: 1, latencyMs: 20 })],
    ]);
    expect(valuesOf(canary, 'errors')).toEqual([2, 0]);
    expect(valuesOf(canary, 'latency')).toEqual([30, 50]);
    expect(valuesOf(baseline, 'errors')).toEqual([0.5]);
    expect(valuesOf(baseline, 'latency')).toEqual([15]);
  });

  test('has a gap where nothing was told, or could be read', () => {
    const { canary } = sides([[sample(ONE, 0, { errors: 1 })], [sample(ONE, 2, { latencyMs: 5 })]]);
    expect(valuesOf(canary, 'errors')).toEqual([1, undefined, undefined]);
    expect(valuesOf(canary, 'latency')).toEqual([undefined, undefined, 5]);
  });

  test('is bounded, also by a clock that leaps', () => {
    const many = Array.from({ length: SPANS + 20 }, (_, span) => [sample(ONE, span, { errors: span })]);
    const { canary } = sides([...many, [sample(ONE, 5, { errors: 1 })]]);
    expect(canary).toMatchObject({ first: 20 });
    expect(canary.spans).toHaveLength(SPANS);
    expect(valuesOf(canary, 'errors').at(-1)).toBe(SPANS + 19);
    const leapt = sides([[sample(ONE, 0, { errors: 1 })], [sample(ONE, 1_000_000, { errors: 7 })]]).canary;
    expect(leapt.spans.length).toBeLessThanOrEqual(SPANS);
    expect(valuesOf(leapt, 'errors').at(-1)).toBe(7);
  });

  test('begins anew with another watch', () => {
    const screen = new RolloutScreen({ plan: plan() });
    screen.tell({ type: 'analysis.started', ...watched });
    screen.tell({ type: 'analysis.sample', host: 'fra-1', samples: [sample(ONE, 0, { errors: 1 })] });
    screen.tell({ type: 'analysis.started', ...watched });
    expect(screen.view.history.series!.roles['bot']!.canary.spans).toEqual([]);
  });
});
