import type { Clock } from '../base/clock.ts';
import type { HostClient } from '../host/verbs.ts';

/** How far the clock of a host is behind ours, ms: what is added to its times. */
export interface Offset {
  readonly ms: number;
  /** Above a second it is worth a word: the host's own records are off as well. */
  readonly isLarge: boolean;
}

/** A busybox tells whole seconds: as a time in the middle of them. */
const COARSE_MS = 500;
const LARGE_MS = 1000;

/** Asks the host for its time. What the way there and back leaves open is no offset. */
export async function measureOffset(host: HostClient, clock: Clock): Promise<Offset> {
  const sent = clock.now();
  const theirs = await host.time();
  const received = clock.now();
  return theirs === undefined ? { ms: 0, isLarge: false } : offsetOf({ sent, theirs, received });
}

export function offsetOf({ sent, theirs, received }: Asked): Offset {
  const open = (received - sent) / 2 + (theirs % 1000 === COARSE_MS ? COARSE_MS : 0);
  const ms = Math.round((sent + received) / 2 - theirs);
  return Math.abs(ms) <= open ? { ms: 0, isLarge: false } : { ms, isLarge: Math.abs(ms) > LARGE_MS };
}

/** All in milliseconds since 1970, by our clock and by the host's. */
interface Asked {
  readonly sent: number;
  readonly theirs: number;
  readonly received: number;
}
