import type { DiskUse, Sample } from '../analysis/sample.ts';
import type { Clock } from '../base/clock.ts';
import { SlipwayError } from '../base/errors.ts';
import type { HostClient, OnSamples, SampleOptions } from '../host/verbs.ts';
import { BACKOFF_MS } from './updating.ts';

export interface KeptSampling extends SampleOptions {
  readonly host: HostClient;
  readonly clock: Clock;
  /** Samples of one moment, with the host's time. `first`: since the host was connected to, again or for the first time. */
  readonly onSamples: (samples: readonly Sample[], moment: SampledMoment) => void;
  /** Why it tells nothing, or nothing any more; said at each attempt. */
  readonly onLost: (reason: string) => void;
}

export interface SampledMoment {
  readonly turn: 'first' | 'later';
  /** Told to a person alone. */
  readonly disk: DiskUse | undefined;
}

/** Samples one host until the signal is aborted. When it is lost, it is tried again. Throws what only a Bug does. */
export async function keepSampling({ host, clock, onSamples, onLost, ...options }: KeptSampling): Promise<void> {
  const { signal } = options;
  let losses = 0;
  for (;;) {
    let turn: 'first' | 'later' = 'first';
    const reason = await listen(host, options, (samples, disk) => {
      if (signal.aborted) return;
      onSamples(samples, { turn, disk });
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
async function listen(host: HostClient, options: SampleOptions, onSamples: OnSamples): Promise<string> {
  try {
    await host.sample(options, onSamples);
    return 'it stopped to tell of its instances';
  } catch (thrown) {
    if (!(thrown instanceof SlipwayError)) throw thrown;
    return thrown.message;
  }
}
