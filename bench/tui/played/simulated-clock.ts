import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../../src/base/clock.ts';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/**
 * Time that passes as fast as it is used up. Whoever sleeps is forgotten once awake, as timers are: the memory that is
 * looked at is not this one's.
 */
export class SimulatedClock implements Clock {
  private time: number;
  private readonly sleepers = new Set<Sleeper>();

  constructor(start: number) {
    this.time = start;
  }

  now = (): number => this.time;

  sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const cancel = () => {
        this.sleepers.delete(sleeper);
        reject(signal!.reason as Error);
      };
      const wake = () => {
        signal?.removeEventListener('abort', cancel);
        resolve();
      };
      const sleeper = { at: this.time + ms, wake };
      this.sleepers.add(sleeper);
      signal?.addEventListener('abort', cancel, { once: true });
    });

  /** Moves on by all of it at once: whoever's time has come is late, as on a machine that is busy. */
  async jump(ms: number): Promise<void> {
    this.time += ms;
    for (let due = this.due(); due.length > 0; due = this.due()) {
      for (const sleeper of due) {
        this.sleepers.delete(sleeper);
        sleeper.wake();
      }
      await turn();
    }
    await turn();
  }

  private due(): readonly Sleeper[] {
    return [...this.sleepers].filter(({ at }) => at <= this.time);
  }
}
