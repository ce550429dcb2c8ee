import type { LogsFindings } from '../parts/logs.ts';
import { WATERMARK_MS } from '../../src/logs/merge.ts';
import { LINES_PER_SECOND } from '../logs/flood.ts';
import { mostTook } from './tui-verdicts.ts';
import { median, megabytes, milliseconds, times } from './figures.ts';
import { atLeast, atMost, type Verdict } from './verdict.ts';

/** What `slipway logs` promises. */
export function onLogs(logs: LogsFindings | undefined): readonly Verdict[] {
  if (!logs) return [];
  const { flood, screen, rate, search } = logs;
  const wrong = `${flood.lost} lost, ${flood.twice} twice, ${flood.outOfOrder} out of order`;
  return [
    {
      what: `lines of the logs, of ${flood.written} at ${LINES_PER_SECOND} a second and host${cutText(logs)}`,
      value: flood.lost + flood.twice + flood.outOfOrder === 0 ? 'each once, in order' : wrong,
      ...{ bound: 'each once, in order', kept: flood.lost + flood.twice + flood.outOfOrder === 0 },
    },
    atMost('how far lines of different hosts are out of order', flood.disorderMs, {
      ...{ most: WATERMARK_MS, as: milliseconds },
    }),
    atMost('nothing came of a host that was not cut off, for', flood.longestGapMs, { most: 1000, as: milliseconds }),
    atMost('memory of `slipway logs` meanwhile', flood.memory, { most: 250e6, as: megabytes }),
    atMost('a key to the screen of the logs of five hosts, 95 of 100', mostTook(screen), {
      ...{ most: 100, as: milliseconds },
    }),
    atLeast(
      'lines a second of `slipway logs --json`, of those by `ssh HOST journalctl` from all at once',
      median(rate.slipway.map((lines, round) => lines / rate.ssh[round]!)),
      0.7,
    ),
    atMost(
      "finding errors takes, of the slowest host's own journalctl",
      median(search.slipwayMs.map((ms, round) => ms / search.hostMs[round]!)),
      { most: 1.3, as: times },
    ),
    {
      what: 'errors that were found',
      value: `${search.found} of ${search.written}`,
      ...{ bound: 'all', kept: search.found === search.written },
    },
  ];
}

function cutText({ flood }: LogsFindings): string {
  return flood.cutSeconds > 0 ? `, one host cut off for ${flood.cutSeconds} s` : '';
}
