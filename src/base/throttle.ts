import type { Clock } from './clock.ts';

/** Lets bytes pass at a rate that all who share it keep together, in the order in which they ask. */
export interface Throttle {
  /** The most that is asked for at once, so that nobody waits long for one of many. */
  readonly piece: number;
  /** Settles when so many bytes may go. */
  pass(bytes: number, signal?: AbortSignal): Promise<void>;
}

/** What a pause has saved up may go at once, but not more than this. */
const BURST_MS = 200;
const PIECES_PER_SECOND = 20;
const LARGEST_PIECE = 256 * 1024;

/** A token bucket told as a time: when the bytes that were let through so far will have gone at the rate. */
export function createThrottle(bytesPerSecond: number | undefined, clock: Clock): Throttle {
  if (bytesPerSecond === undefined) return { piece: LARGEST_PIECE, pass: () => Promise.resolve() };
  let busyUntil = 0;
  return {
    piece: Math.max(1, Math.min(LARGEST_PIECE, Math.floor(bytesPerSecond / PIECES_PER_SECOND))),
    pass: async (bytes, signal) => {
      const now = clock.now();
      const begins = Math.max(busyUntil, now - BURST_MS);
      busyUntil = begins + (bytes / bytesPerSecond) * 1000;
      if (begins > now) await clock.sleep(begins - now, signal);
    },
  };
}
