import type { Clock } from '../base/clock.ts';

export interface WatchdogTiming {
  readonly pingMs: number;
  /** Silence that counts as death; several pings fit in. */
  readonly deadMs: number;
}

/**
 * Resolves when a peer has sent no byte for too long, though it was asked; rejects when aborted. Bytes count, not answers
 * to pings: on a slow uplink a ping waits behind megabytes, while the host is alive and well. Ticks are counted rather
 * than time compared, so that a laptop's sleep is not taken for the host's silence.
 */
export async function silence(
  peer: { readonly bytesRead: number },
  timing: WatchdogTiming,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  let seen = peer.bytesRead;
  let silentMs = 0;
  while (silentMs < timing.deadMs) {
    await clock.sleep(timing.pingMs, signal);
    silentMs = peer.bytesRead === seen ? silentMs + timing.pingMs : 0;
    seen = peer.bytesRead;
  }
}
