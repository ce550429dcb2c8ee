import type { Clock } from '../../base/clock.ts';
import { Deadline } from '../deadline.ts';
import type { AskPerson } from '../prompts.ts';

/** A time limit that does not run while a person is asked. */
export class Patience {
  readonly #deadline: Deadline;
  readonly #ms: number;
  readonly #lost = Promise.withResolvers<number>();
  readonly #over = new AbortController();
  #asking = 0;

  constructor(clock: Clock, ms: number) {
    this.#deadline = new Deadline(clock);
    this.#ms = ms;
    this.#run();
  }

  /** Settles with the limit when it has been exceeded. */
  get lost(): Promise<number> {
    return this.#lost.promise;
  }

  /** Aborted by `end`. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  #run(): void {
    this.#deadline.set(this.#ms, () => this.#lost.resolve(this.#ms));
  }

  during(ask: AskPerson): AskPerson {
    return async (prompt) => {
      this.#asking += 1;
      this.#deadline.clear();
      try {
        return await ask(prompt, this.over);
      } finally {
        this.#asking -= 1;
        if (this.#asking === 0 && !this.over.aborted) this.#run();
      }
    };
  }

  end(): void {
    this.#deadline.clear();
    this.#over.abort();
  }
}
