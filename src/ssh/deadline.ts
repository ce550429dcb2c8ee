import type { Clock } from '../base/clock.ts';

/** One timer that is set for each phase of something in turn. */
export class Deadline {
  readonly #clock: Clock;
  #armed = new AbortController();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Replaces whatever was set before. */
  set(ms: number, expire: () => void): void {
    this.clear();
    this.#armed = new AbortController();
    this.#clock.sleep(ms, this.#armed.signal).then(expire, () => undefined);
  }

  clear(): void {
    this.#armed.abort();
  }
}
