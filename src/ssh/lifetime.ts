import { ConnectionLostError } from '../base/errors.ts';
import { describeHost } from './spec.ts';
import type { HostSpec } from './spec.ts';

/** Whether a connection still lives, and why not. It ends once: closed by us, or lost. */
export class Lifetime {
  readonly #spec: HostSpec;
  readonly #lost = new AbortController();
  readonly #over = new AbortController();

  constructor(spec: HostSpec) {
    this.#spec = spec;
  }

  /** Aborted with the reason when it was lost. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Aborted with a ConnectionLostError when it ended in whatever way. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** True the first time. */
  close(): boolean {
    if (this.#over.signal.aborted) return false;
    this.#over.abort(this.error('slipway closed it'));
    return true;
  }

  /** True when that is what ended it. */
  lose(why: string): boolean {
    if (this.#over.signal.aborted) return false;
    const error = this.error(why);
    this.#over.abort(error);
    this.#lost.abort(error);
    return true;
  }

  error(why: string): ConnectionLostError {
    return new ConnectionLostError({
      code: 'SLIP_CONNECTION_LOST',
      host: this.#spec.name,
      message: `The connection to ${describeHost(this.#spec)} was lost: ${why}.`,
      mend: 'What was running there may have gone on: look before doing it again.',
    });
  }
}
