import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Sample } from '../../src/analysis/sample.ts';
import { initialVitals, takeVitals, VITALS_POINTS, type VitalsState } from '../../src/analysis/vitals.ts';

const EVERY = 5000;
const BEGAN = Date.UTC(2026, 10, 21, 12);

/** A second of processor time every ten seconds, unless it says otherwise. */
function sample(afterMs: number, change: Partial<Sample> = {}): Sample {
  return {
    ...{ instance: 'bot.1@h1', t: BEGAN + afterMs, release: undefined },
    service: { status: 'running', start: 's1', detail: 'active (running)', outOfMemory: false },
    probes: [{ healthy: true, latencyMs: 12 }],
    lines: { all: 3, errors: 0 },
    ...{ memory: 120e6, memoryLimit: undefined, cpuSeconds: afterMs / 10_000, counters: undefined },
    ...change,
  };
}

const service = (change: Partial<Sample['service']>) => ({ ...sample(0).service, ...change });

/** Each as it comes: when it was taken, and, where a test says so, when it came. */
function fold(told: readonly (Sample | { readonly sample: Sample; readonly came: number })[]): VitalsState {
  return told.reduce<VitalsState>((state, one) => {
    const { sample: taken, came } = 'came' in one ? one : { sample: one, came: one.t - BEGAN };
    return takeVitals(state, [taken], BEGAN + came);
  }, initialVitals(EVERY));
}

const of = (state: VitalsState) => state.instances.get('bot.1@h1')!;
const latest = (...told: Parameters<typeof fold>[0]) => of(fold(told)).latest;
const shares = (...told: Parameters<typeof fold>[0]) => of(fold(told)).points.map(({ cpuShare }) => cpuShare);

describe('the vitals of an instance', () => {
  test('are what its newest sample tells', () => {
    const sick = sample(EVERY, {
      service: service({ status: 'failed', detail: 'exit status 1' }),
      probes: [{ healthy: false, latencyMs: 3000 }],
      ...{ memory: 130e6, memoryLimit: 512e6 },
    });
    expect(latest(sample(0), sick)).toMatchObject({
      ...{ status: 'failed', detail: 'exit status 1', memory: 130e6, memoryLimit: 512e6 },
      // how long a failure took says nothing of how quick it is
      ...{ healthy: false, latencyMs: undefined, heardAt: BEGAN + EVERY, restarts: 0 },
    });
    expect(latest(sample(0))).toMatchObject({ healthy: true, latencyMs: 12, cpuShare: undefined });
  });

  test('are unknown where nothing tells, and never nought', () => {
    const blind = { probes: [], lines: undefined, memory: undefined, cpuSeconds: undefined };
    expect(latest(sample(0, blind), sample(EVERY, blind))).toMatchObject({
      ...{ healthy: undefined, latencyMs: undefined, memory: undefined, cpuShare: undefined },
      errorsPerMinute: undefined,
    });
  });

  test('have the share of a core that was taken between two samples', () => {
    expect(shares(sample(0), sample(EVERY), sample(2 * EVERY, { cpuSeconds: 8 }))).toEqual([
      undefined,
      expect.closeTo(0.1),
      expect.closeTo(1.5),
    ]);
  });

  test('have no share of a core across a restart, and count it', () => {
    const anew = service({ start: 's2' });
    const told = [
      sample(0),
      sample(EVERY, { service: anew, cpuSeconds: 4 }),
      sample(2 * EVERY, { service: anew, cpuSeconds: 5 }),
    ];
    expect(shares(...told)).toEqual([undefined, undefined, expect.closeTo(0.2)]);
    expect(latest(...told).restarts).toBe(1);
  });

  test('count a start after a stop once, and one that was only found not at all', () => {
    const stopped = service({ status: 'stopped', start: '' });
    const again = service({ start: 's2' });
    expect(latest(sample(0, { service: stopped }), sample(EVERY), sample(2 * EVERY)).restarts).toBe(0);
    expect(latest(sample(0), sample(EVERY, { service: stopped }), sample(2 * EVERY)).restarts).toBe(0);
    const told = [sample(0), sample(EVERY, { service: stopped }), sample(2 * EVERY, { service: again })];
    expect(latest(...told).restarts).toBe(1);
    expect(latest(...told, sample(3 * EVERY, { service: again })).restarts).toBe(1);
  });

  test('take processor time that falls for a restart where nothing else tells starts apart', () => {
    const mute = { service: service({ start: '' }) };
    const told = [sample(50_000, mute), sample(55_000, { ...mute, cpuSeconds: 0.2 })];
    expect(latest(...told)).toMatchObject({ restarts: 1, cpuShare: undefined });
    // the same start is the same process, whatever has begun to count anew
    expect(latest(sample(50_000), sample(55_000, { cpuSeconds: 0.2 }))).toMatchObject({
      ...{ restarts: 0, cpuShare: undefined },
    });
  });

  test('tell the errors of the last minute, however often it is looked', () => {
    const errors = (count: number) => ({ lines: { all: 9, errors: count } });
    const told = [sample(0, { lines: undefined }), sample(EVERY, errors(2)), sample(2 * EVERY, errors(1))];
    expect(latest(...told).errorsPerMinute).toBe(3);
    const quiet = Array.from({ length: 11 }, (_, index) => sample((index + 3) * EVERY));
    expect(latest(...told, ...quiet).errorsPerMinute).toBe(1);
    const rare = takeVitals(initialVitals(300_000), [sample(0, errors(10))], BEGAN);
    expect(of(rare).latest.errorsPerMinute).toBe(2);
  });
});

describe('the points of an instance', () => {
  test('have a gap for the time in which nothing was heard', () => {
    const { points } = of(fold([sample(0), sample(4 * EVERY + 300)]));
    expect(points.map(({ memory }) => memory)).toEqual([120e6, undefined, undefined, undefined, 120e6]);
    expect(points.at(-1)!.cpuShare).toBeCloseTo(0.1, 2);
  });

  test('are all a gap after a long absence', () => {
    const { points } = of(fold([sample(0), sample(3_600_000)]));
    expect(points).toHaveLength(VITALS_POINTS);
    expect(points.filter(({ memory }) => memory !== undefined)).toHaveLength(1);
  });

  test.each([
    ['an hour ahead', 3_600_000],
    ['an hour back', -3_600_000],
    ['to the same second', -EVERY],
  ])('go on where a clock is set %s: without a gap, and without a share that nobody can tell', (_, jump) => {
    const told = [
      sample(0),
      { sample: sample(EVERY, { t: BEGAN + EVERY + jump }), came: EVERY },
      { sample: sample(2 * EVERY, { t: BEGAN + 2 * EVERY + jump }), came: 2 * EVERY },
    ];
    expect(shares(...told)).toEqual([undefined, undefined, expect.closeTo(0.1)]);
  });

  test('of a line that was stuck are as they were taken, though they come all at once', () => {
    const came = 5 * EVERY;
    const told = [0, 1, 2, 3, 4].map((index) => ({
      sample: sample(index * EVERY),
      came: index < 2 ? index * EVERY : came,
    }));
    expect(shares(...told)).toEqual([undefined, ...Array<unknown>(4).fill(expect.closeTo(0.1))]);
  });
});

const steps = fc.array(
  fc.record({
    waits: fc.integer({ min: 0, max: 40_000 }),
    jumps: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: -1e8, max: 1e8 })),
    start: fc.constantFrom('', 's1', 's2'),
    cpuSeconds: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }), { nil: undefined }),
    errors: fc.option(fc.nat(50), { nil: undefined }),
  }),
  { maxLength: 120 },
);

/** Whatever hosts tell, and whenever it comes. */
function play(all: typeof steps extends fc.Arbitrary<infer T> ? T : never): VitalsState[] {
  let [came, t] = [0, 0];
  let state = initialVitals(EVERY);
  return all.map(({ waits, jumps, start, cpuSeconds, errors }) => {
    came += waits;
    t += waits + jumps;
    const lines = errors === undefined ? undefined : { all: 50, errors };
    state = takeVitals(state, [sample(t, { service: service({ start }), cpuSeconds, lines })], BEGAN + came);
    return state;
  });
}

test('whatever is told, points stay few, and what is known is a number that can be', () => {
  fc.assert(
    fc.property(steps, (all) => {
      for (const { latest: now, points, last } of play(all).map(of)) {
        expect(points.length).toBeLessThanOrEqual(VITALS_POINTS);
        const numbers = [now.errorsPerMinute, ...points.flatMap(({ cpuShare, errors }) => [cpuShare, errors])];
        for (const value of numbers) expect(value === undefined || (Number.isFinite(value) && value >= 0)).toBe(true);
        expect(points.at(-1)).toMatchObject({ memory: last.sample.memory });
      }
    }),
  );
});

test('samples of several instances are taken together as they are one by one', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(3), { maxLength: 30 }), (order) => {
      const told = order.map((number, index) => sample(index * 100, { instance: `bot.${number}@h1` }));
      const one = told.reduce((state, taken) => takeVitals(state, [taken], BEGAN), initialVitals(EVERY));
      expect(takeVitals(initialVitals(EVERY), told, BEGAN)).toEqual(one);
    }),
  );
});

test('a process that takes the same share all the time shows that share, however unevenly it is looked at', () => {
  const uneven = fc.array(fc.integer({ min: 1000, max: 60_000 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(uneven, fc.double({ min: 0.001, max: 8, noNaN: true }), (waits, share) => {
      let at = 0;
      const told = [0, ...waits].map((wait) => {
        at += wait;
        return sample(at, { cpuSeconds: (at / 1000) * share });
      });
      const known = shares(...told).filter((value) => value !== undefined);
      expect(known.length).toBeGreaterThan(0);
      for (const value of known) expect(Math.abs(value - share)).toBeLessThan(share / 1000);
    }),
  );
});
