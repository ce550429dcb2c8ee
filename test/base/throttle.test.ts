import { describe, expect, test } from 'vitest';
import { formatRate, parseRate } from '../../src/base/rate.ts';
import { createThrottle } from '../../src/base/throttle.ts';
import { fakeClock } from '../support/fake-clock.ts';

describe('a rate', () => {
  test.each([
    ['800000', 800_000],
    ['500k', 500_000],
    ['1.5M', 1_500_000],
    ['2m', 2_000_000],
    ['1G', 1_000_000_000],
  ])('%s is %d bytes per second', (text, bytes) => expect(parseRate(text)).toBe(bytes));

  test.each(['', 'fast', '2MB', '2 M', '-1k', '1e6', '.5M'])('%j is none', (text) =>
    expect(parseRate(text)).toBeUndefined(),
  );

  test('is told in the units of bytes', () => expect(formatRate(410_000)).toBe('410 KB/s'));
});

describe('a throttle', () => {
  test('lets all who share it have the rate together, in turns', async () => {
    const clock = fakeClock();
    const began = clock.now();
    const throttle = createThrottle(100_000, clock);
    const sent = { a: 0, b: 0 };
    const send = async (name: 'a' | 'b') => {
      for (let i = 0; i < 20; i += 1) {
        await throttle.pass(throttle.piece);
        sent[name] += throttle.piece;
        expect(Math.abs(sent.a - sent.b)).toBeLessThanOrEqual(throttle.piece);
      }
    };
    await Promise.all([send('a'), send('b')]);
    const seconds = (clock.now() - began) / 1000;
    expect((sent.a + sent.b) / seconds).toBeGreaterThan(95_000);
    // what was saved up before it began goes at once
    expect((sent.a + sent.b) / seconds).toBeLessThan(120_000);
  });

  test('gives a wait up at once when it is told to', async () => {
    const throttle = createThrottle(1000, fakeClock({ mode: 'manual' }));
    await throttle.pass(1000);
    const stop = new AbortController();
    const waiting = throttle.pass(1000, stop.signal);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });

  test('without a rate lets everything pass', async () => {
    const throttle = createThrottle(undefined, fakeClock({ mode: 'manual' }));
    await throttle.pass(1e12);
    await throttle.pass(1e12);
  });
});
