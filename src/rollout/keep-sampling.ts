import type { Sample } from '../analysis/sample.ts';
import type { Clock } from '../base/clock.ts';
import { SlipwayError } from '../base/errors.ts';
import type { HostClient, SampleOptions } from '../host/verbs.ts';
import { BACKOFF_MS } from './updating.ts';

export interface KeptSampling extends SampleOptions {
  readonly host: HostClient;
  readonly clock: Clock;
  /** Samples of one moment, with the host's time. `first`: since the host was connected to, again or for the first time. */
  readonly onSamples: (samples: readonly Sample[], turn: 'first' | 'later') => void;
  /** Why it tells nothing, or nothing any more; said at each attempt. */
  readonly onLost: (reason: string) => void;
}

/** Samples one host until the signal is aborted. When it is lost, it is tried again. Throws what only a Bug does. */
export async function keepSampling({ host, clock, onSamples, onLost, ...options }: KeptSampling): Promise<void> {
  const { signal } = options;
  let losses = 0;
  for (;;) {
    let turn: 'first' | 'later' = 'first';
    const reason = await listen(host, options, (samples) => {
      if (signal.aborted) return;
      onSamples(samples, turn);
      turn = 'later';
      losses = 0;
    });
    if (signal.aborted) return;
    losses += 1;
    onLost(reason);
    try {
      await clock.sleep(BACKOFF_MS[Math.min(losses, BACKOFF_MS.length) - 1]!, signal);
    } catch {
      return; // it was aborted
    }
  }
}

/** Until the channel ends; answers with why. */
async function listen(
  host: HostClient,
  options: SampleOptions,
  onSamples: (samples: readonly Sample[]) => void,
): Promise<string> {
  try {
    await host.sample(options, onSamples);
    return 'it stopped to tell of its instances';
  } catch (thrown) {
    if (!(thrown instanceof SlipwayError)) throw thrown;
    return thrown.message;
  }
}
