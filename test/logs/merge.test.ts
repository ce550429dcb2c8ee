import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Merge, WATERMARK_MS } from '../../src/logs/merge.ts';
import type { LogRecord } from '../../src/logs/record.ts';
import { record } from './records.ts';

const words = (records: readonly LogRecord[]) => records.map(({ message }) => message);
const line = (source: string, t: number) => record({ source, t, message: `${source} ${t}` });

describe('lines of many sources', () => {
  test('come in the order of their times when each has waited its time', () => {
    const merge = new Merge();
    merge.push(line('b', 20), 100);
    merge.push(line('a', 10), 150);
    expect(merge.take(100 + WATERMARK_MS - 1)).toEqual([]);
    expect(words(merge.take(100 + WATERMARK_MS))).toEqual(['a 10', 'b 20']);
    expect(merge.size).toBe(0);
  });

  test('wait for no source that is quiet', () => {
    const merge = new Merge();
    merge.push(line('a', 10), 0);
    expect(words(merge.take(WATERMARK_MS))).toEqual(['a 10']);
  });

  test('that come after younger ones are passed on and marked', () => {
    const merge = new Merge();
    merge.push(line('a', 1000), 1000);
    merge.take(1000 + WATERMARK_MS);
    merge.push(line('b', 900), 1300);
    merge.push(line('a', 1200), 1310);
    const taken = merge.take(2000);
    expect(taken.map(({ message, isLate }) => [message, isLate])).toEqual([
      ['b 900', true],
      ['a 1200', false],
    ]);
  });

  test('from the future make no others late', () => {
    const merge = new Merge();
    merge.push(line('ahead', 3_600_000), 1000);
    merge.take(1000 + WATERMARK_MS);
    merge.push(line('a', 1250), 1300);
    expect(merge.take(1500).map(({ isLate }) => isLate)).toEqual([false]);
  });
});

test('lines of one source stay in their order, none is lost, and none waits longer than the watermark', () => {
  const arrivals = fc.array(
    fc.record({
      source: fc.constantFrom('a', 'b', 'c'),
      wait: fc.integer({ min: 0, max: 120 }),
      age: fc.integer({ min: -500, max: 5000 }),
    }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(arrivals, (lines) => {
      const merge = new Merge();
      const pushed: LogRecord[] = [];
      const passed: LogRecord[] = [];
      let now = 10_000;
      lines.forEach(({ source, wait, age }, index) => {
        now += wait;
        passed.push(...merge.take(now));
        const one = record({ source, t: now - age, message: `${index} ${now}` });
        pushed.push(one);
        merge.push(one, now);
        const oldest = Math.min(...pushed.slice(passed.length).map(({ message }) => Number(message.split(' ')[1])));
        // those that are older than the watermark were passed on just now
        expect(now - oldest).toBeLessThanOrEqual(WATERMARK_MS + 120);
      });
      passed.push(...merge.flush(now));
      for (const source of ['a', 'b', 'c']) {
        const of = (all: readonly LogRecord[]) => words(all.filter((one) => one.source === source));
        expect(of(passed)).toEqual(of(pushed));
      }
    }),
  );
});

test('what is not late is in the order of times', () => {
  const arrivals = fc.array(fc.record({ source: fc.constantFrom('a', 'b'), wait: fc.nat(50), age: fc.nat(150) }));
  fc.assert(
    fc.property(arrivals, (lines) => {
      const merge = new Merge();
      const passed: LogRecord[] = [];
      let now = 10_000;
      const last: Record<string, number> = {};
      for (const { source, wait, age } of lines) {
        now += wait;
        passed.push(...merge.take(now));
        // each source tells its own lines in order
        last[source] = Math.max(last[source] ?? 0, now - age);
        merge.push(record({ source, t: last[source] }), now);
      }
      passed.push(...merge.flush(now));
      expect(passed.filter(({ isLate }) => isLate)).toEqual([]);
      const times = passed.map(({ t }) => t);
      expect(times).toEqual([...times].sort((one, other) => one - other));
    }),
  );
});
