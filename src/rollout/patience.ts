import type { Clock } from '../base/clock.ts';

/** A dead host is known by its silence, which takes most of a minute: at the end of a run nobody waits for that. */
export async function atMost(clock: Clock, ms: number, work: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  try {
    await Promise.race([work, clock.sleep(ms, over.signal).catch(() => undefined)]);
  } finally {
    over.abort();
  }
}
