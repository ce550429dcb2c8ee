import type { Clock } from '../../../src/base/clock.ts';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** Time that stands still until a test moves it. */
export class FakeClock implements Clock {
  private time: number;
  private sleepers: Sleeper[] = [];

  constructor(start = Date.UTC(2026, 10, 21, 12, 0, 0)) {
    this.time = start;
  }

  now = (): number => this.time;

  sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason as Error);
        return;
      }
      if (ms <= 0) {
        resolve();
        return;
      }
      const sleeper = { at: this.time + ms, wake: resolve };
      this.sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.sleepers = this.sleepers.filter((one) => one !== sleeper);
        reject(signal.reason as Error);
      });
    });

  /** Moves on, waking everyone whose time comes, each at its own moment. */
  async advance(ms: number): Promise<void> {
    const until = this.time + ms;
    await turns();
    for (;;) {
      const next = this.sleepers.filter((one) => one.at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.sleepers = this.sleepers.filter((one) => one !== next);
      this.time = next.at;
      next.wake();
      await turns();
    }
    this.time = until;
    await turns();
  }
}

/** Lets everything run that waits for nothing but its turn. */
export async function turns(): Promise<void> {
  for (let i = 0; i < 3; i += 1) await new Promise((resolve) => setImmediate(resolve));
}
