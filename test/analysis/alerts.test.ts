import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AlertEvent, noAlerts, takeReading, trippedAlerts } from '../../src/analysis/alerts.ts';
import type { AlertRule } from '../../src/config/settings-alerts.ts';

const EVERY = 5000;
const RULE: AlertRule = {
  ...{ alert: 'healthLatency', unit: 'ms', bound: 'above', threshold: 800, clear: 720 },
  ...{ forMs: 30_000, withinMs: undefined },
};
const LEAST: AlertRule = { ...RULE, alert: 'work', unit: 'perSecond', bound: 'below', threshold: 10, clear: 11 };

/** A value every five seconds, unless it says when; undefined is unknown. */
type Told = number | undefined | { readonly t: number; readonly value: number | undefined };

function fold(rule: AlertRule, told: readonly Told[]) {
  const events: AlertEvent[] = [];
  const state = told.reduce((before, one, index) => {
    const { t, value } = typeof one === 'object' ? one : { t: index * EVERY, value: one };
    const taken = takeReading(before, {
      ...{ subject: { instance: 'bot.1@h1' }, rules: [rule], t },
      values: { [rule.alert]: value },
    });
    events.push(...taken.events);
    return taken.state;
  }, noAlerts(EVERY));
  return { state, events, words: events.map(({ type, t }) => `${type} ${t / 1000}`) };
}

const times = (count: number, value: number | undefined) => Array<number | undefined>(count).fill(value);

describe('an alert', () => {
  test('trips once when its condition has held for its time, with since when', () => {
    const { events, state } = fold(RULE, [100, ...times(20, 900)]);
    expect(events).toEqual([
      {
        ...{ type: 'tripped', subject: { instance: 'bot.1@h1' }, alert: 'healthLatency', unit: 'ms', bound: 'above' },
        ...{ t: 35_000, value: 900, threshold: 800, since: 5000 },
      },
    ]);
    expect(trippedAlerts(state)).toEqual(events);
  });

  test('clears once when the value was better than the lower bar for the same time', () => {
    const { words, state } = fold(RULE, [...times(7, 900), ...times(10, 700)]);
    expect(words).toEqual(['tripped 30', 'cleared 65']);
    expect(trippedAlerts(state)).toEqual([]);
  });

  test('stands while the value is between the two bars, and shows the value of now', () => {
    const { words, state } = fold(RULE, [...times(7, 900), ...times(50, 750)]);
    expect(words).toEqual(['tripped 30']);
    expect(trippedAlerts(state)).toMatchObject([{ value: 750, since: 0, t: 30_000 }]);
  });

  test('is not told of what lasts shorter, or of the threshold itself', () => {
    expect(fold(RULE, [...times(6, 900), 800, ...times(6, 900), ...times(20, 800)]).words).toEqual([]);
  });

  test('needs two readings, whatever its time', () => {
    const now = { ...RULE, forMs: 0 };
    expect(fold(now, [900, 100, 900, 100]).words).toEqual([]);
    expect(fold(now, [900, 900, 100, 100]).words).toEqual(['tripped 5', 'cleared 15']);
  });

  test('of too little is the same the other way round', () => {
    expect(fold(LEAST, [...times(7, 0), ...times(20, 10.5), ...times(7, 12)]).words).toEqual([
      'tripped 30',
      'cleared 165',
    ]);
  });

  test('does not change by what is unknown', () => {
    const { words } = fold({ ...RULE, forMs: 10_000 }, [900, undefined, 900, ...times(20, undefined)]);
    expect(words).toEqual(['tripped 10']);
  });

  test('that was about to be told begins anew after a time in which nothing was known', () => {
    const late = { t: 100_000, value: 900 };
    expect(fold(RULE, [900, 900, late, { t: 105_000, value: 900 }]).words).toEqual([]);
  });

  test('is one of its subject: another one does not trip or clear it', () => {
    let state = noAlerts(EVERY);
    const events: AlertEvent[] = [];
    for (let t = 0; t <= 60_000; t += EVERY) {
      for (const [subject, value] of [
        [{ instance: 'a' }, 900],
        [{ host: 'a' }, 100],
      ] as const) {
        const taken = takeReading(state, { subject, rules: [RULE], t, values: { healthLatency: value } });
        state = taken.state;
        events.push(...taken.events);
      }
    }
    expect(events.map(({ type, subject }) => [type, subject])).toEqual([['tripped', { instance: 'a' }]]);
  });
});

describe('whatever is told,', () => {
  const value = fc.oneof(
    fc.constant(undefined),
    fc.double({ min: 0, max: 2000, noNaN: true }),
    fc.constant(Number.NaN),
  );
  const steps = fc.array(fc.record({ value, after: fc.integer({ min: 1, max: 40_000 }) }), { maxLength: 200 });
  const rules = fc.record({
    bound: fc.constantFrom('above' as const, 'below' as const),
    forMs: fc.integer({ min: 0, max: 60_000 }),
    better: fc.double({ min: 0, max: 0.5, noNaN: true }),
  });
  const ruleOf = ({
    bound,
    forMs,
    better,
  }: {
    bound: 'above' | 'below';
    forMs: number;
    better: number;
  }): AlertRule => ({
    ...RULE,
    ...{ bound, forMs, clear: RULE.threshold * (bound === 'above' ? 1 - better : 1 + better) },
  });
  const at = (taken: readonly { value: number | undefined; after: number }[]) => {
    let t = 0;
    return taken.map(({ value: one, after }) => ({ t: (t += after), value: one }));
  };

  test('trips and clears take turns, beginning with a trip, and none is sooner than its time', () => {
    fc.assert(
      fc.property(rules, steps, (rule, taken) => {
        const { events } = fold(ruleOf(rule), at(taken));
        events.forEach(({ type, t, since }, index) => {
          expect(type).toBe(index % 2 === 0 ? 'tripped' : 'cleared');
          expect(t - since).toBeGreaterThanOrEqual(rule.forMs);
        });
      }),
    );
  });

  test('what flaps around the threshold, and never is better than the lower bar, trips once at most', () => {
    const flapping = fc.array(fc.integer({ min: 721, max: 2000 }), { maxLength: 300 });
    fc.assert(
      fc.property(flapping, (values) => {
        expect(fold(RULE, values).events.length).toBeLessThanOrEqual(1);
      }),
    );
  });
});
