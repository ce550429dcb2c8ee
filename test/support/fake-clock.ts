import type { Clock } from '../../src/base/clock.ts';

/** A clock that a test moves by hand; `auto` lets every sleep pass at once, in the order of their ends. */
export interface FakeClock extends Clock {
  advance(ms: number): void;
}

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

export function fakeClock({ start = Date.UTC(2026, 10, 21, 11, 42, 5), mode = 'auto' } = {}): FakeClock {
  let now = start;
  let sleepers: Sleeper[] = [];
  const wakeDue = () => {
    const due = sleepers.filter((one) => one.until <= now);
    sleepers = sleepers.filter((one) => one.until > now);
    due.forEach((one) => one.wake());
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
        if (mode === 'auto' && ms <= 30_000) {
          setImmediate(() => {
            if (!sleepers.includes(sleeper)) return;
            now = Math.max(now, sleeper.until);
            wakeDue();
          });
        }
      }),
    advance: (ms) => {
      now += ms;
      wakeDue();
    },
  };
}
