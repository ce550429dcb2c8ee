import { describe, expect, it } from 'vitest';
import { Heard, type HeardLine } from '../../bench/logs/heard.ts';
import { jsonReader } from '../../bench/logs/reading.ts';
import type { LogsFindings } from '../../bench/parts/logs.ts';
import { onLogs } from '../../bench/reporting/logs-verdicts.ts';

const line = (host: string, n: number, t: number): HeardLine => ({
  ...{ type: 'line', host, fields: { n }, t: new Date(t).toISOString() },
});

/** Lines that come a second after they were written. */
function heardOf(lines: readonly HeardLine[]): Heard {
  const heard = new Heard({ hosts: ['a', 'b'], count: 2 });
  for (const one of lines) {
    const now = Date.parse(one.t) + 1000;
    heard.take(one, { at: now, now });
  }
  return heard;
}

describe('what was heard of the logs', () => {
  it('is complete when each line of each host came', async () => {
    const heard = heardOf([line('a', 1, 0), line('b', 1, 10), line('a', 2, 300), line('b', 2, 5000)]);
    await heard.all;
    expect(heard.findings(undefined)).toEqual({
      ...{ lost: 0, twice: 0, outOfOrder: 0, disorderMs: 0, late: 0, longestGapMs: 4990 },
      delaysMs: [1000, 1000, 1000, 1000],
    });
    expect(heard.findings('b').longestGapMs).toBe(300);
  });

  it('tells what is missing, what came twice, and what came ahead of its turn', () => {
    const found = heardOf([
      line('a', 2, 500),
      line('a', 1, 500),
      line('b', 1, 300),
      { ...line('b', 1, 100), late: true },
    ]);
    expect(found.findings(undefined)).toMatchObject({ lost: 1, twice: 1, outOfOrder: 1, disorderMs: 200, late: 1 });
  });

  it('is read however it is cut', () => {
    const objects: unknown[] = [];
    const onChunk = jsonReader((object) => objects.push(object));
    for (const byte of Buffer.from('{"a":"\u00fc"}\n{"b":1}\n')) onChunk(Buffer.from([byte]));
    expect(objects).toEqual([{ a: '\u00fc' }, { b: 1 }]);
  });
});

describe('promises of the logs', () => {
  const kept: LogsFindings = {
    flood: {
      ...{ seconds: 60, cutSeconds: 20, written: 150_000, lost: 0, twice: 0, outOfOrder: 0, disorderMs: 200, late: 9 },
      ...{ longestGapMs: 1000, delaysMs: [250], memory: 250e6 },
    },
    screen: { spell: { lastedMs: 1, frames: 1, bytes: 1, cpuMs: 1 }, ms: [100], lost: 0, linesPerSecond: 2500 },
    rate: { lines: 100_000, rounds: 1, slipway: [7000], ssh: [10_000], memory: 1 },
    search: { lines: 200_000, rounds: 1, slipwayMs: [1300], hostMs: [1000], found: 2000, written: 2000 },
  };
  const judged = (logs: LogsFindings) => onLogs(logs).map((verdict) => verdict.kept);

  it('are kept up to their bounds', () => {
    expect(judged(kept)).toEqual(Array.from({ length: 8 }, () => true));
  });

  it('are broken beyond them, each by itself', () => {
    const { flood, screen, rate, search } = kept;
    const broken = [
      { ...kept, flood: { ...flood, twice: 1 } },
      { ...kept, flood: { ...flood, disorderMs: 201 } },
      { ...kept, flood: { ...flood, longestGapMs: 1001 } },
      { ...kept, flood: { ...flood, memory: 251e6 } },
      { ...kept, screen: { ...screen, lost: 1 } },
      { ...kept, rate: { ...rate, slipway: [6999] } },
      { ...kept, search: { ...search, slipwayMs: [1301] } },
      { ...kept, search: { ...search, found: 1999 } },
    ];
    expect(broken.map((one) => judged(one).findIndex((each) => !each))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('are not judged where nothing was measured', () => {
    expect(onLogs(undefined)).toEqual([]);
  });
});
