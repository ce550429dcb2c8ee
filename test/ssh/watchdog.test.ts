import { expect, test } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import { silence } from '../../src/ssh/watchdog.ts';

/** Ticks as fast as it is asked, doing something at each tick. */
function ticking(tick: (count: number) => void): Clock & { ticks: number } {
  return {
    ticks: 0,
    now: () => 0,
    async sleep(_ms, signal) {
      await Promise.resolve();
      this.ticks += 1;
      tick(this.ticks);
      signal?.throwIfAborted();
    },
  };
}

const timing = { pingMs: 15, deadMs: 45 };

test('a peer is silent after three pings without a byte', async () => {
  const clock = ticking(() => undefined);
  await silence({ bytesRead: 7 }, timing, { clock, signal: new AbortController().signal });
  expect(clock.ticks).toBe(3);
});

test('any byte counts as life, and the count starts afresh', async () => {
  const peer = { bytesRead: 0 };
  const clock = ticking((count) => (peer.bytesRead += [2, 5].includes(count) ? 1 : 0));
  await silence(peer, timing, { clock, signal: new AbortController().signal });
  expect(clock.ticks).toBe(8);
});

test('the watch ends with the connection', async () => {
  const over = new AbortController();
  const clock = ticking((count) => count === 2 && over.abort(new Error('over')));
  await expect(silence({ bytesRead: 0 }, timing, { clock, signal: over.signal })).rejects.toThrow('over');
});
