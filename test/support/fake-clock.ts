import type { Clock } from '../../src/base/clock.ts';

/**
 * A clock that a test moves by hand. `auto` lets every sleep pass at once: a longer one may take shorter ones along. `exact`
 * wakes whoever ends first before time goes on, which takes longer.
 */
export interface FakeClock extends Clock {
  advance(ms: number): void;
}

export interface FakeClockOptions {
  readonly start?: number;
  readonly mode?: 'auto' | 'exact' | 'manual';
}

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

export function fakeClock({
  start = Date.UTC(2026, 10, 21, 11, 42, 5),
  mode = 'auto',
}: FakeClockOptions = {}): FakeClock {
  let now = start;
  let sleepers: Sleeper[] = [];
  const wakeDue = () => {
    const due = sleepers.filter((one) => one.until <= now);
    sleepers = sleepers.filter((one) => one.until > now);
    due.forEach((one) => one.wake());
  };
  const pass = (sleeper: Sleeper) => {
    if (!sleepers.includes(sleeper)) return;
    const ends = mode === 'exact' ? sleepers.map(({ until }) => until) : [sleeper.until];
    now = Math.max(now, Math.min(...ends));
    wakeDue();
    if (sleepers.includes(sleeper)) setImmediate(() => pass(sleeper));
  };
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason as Error);
          return;
        }
        const sleeper = { until: now + ms, wake: resolve };
        sleepers.push(sleeper);
        signal?.addEventListener(
          'abort',
          () => {
            sleepers = sleepers.filter((one) => one !== sleeper);
            reject(signal.reason as Error);
          },
          { once: true },
        );
        // a long deadline must not be what moves time: only short waits pass by themselves
        if (mode !== 'manual' && ms <= 30_000) setImmediate(() => pass(sleeper));
      }),
    advance: (ms) => {
      now += ms;
      wakeDue();
    },
  };
}
