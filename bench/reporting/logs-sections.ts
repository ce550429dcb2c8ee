import type { LogsFindings } from '../parts/logs.ts';
import { LINES_PER_SECOND } from '../logs/flood.ts';
import { median, megabytes, milliseconds, percent, percentile, seconds, times } from './figures.ts';
import type { Section } from './section.ts';

/** How the lines of many hosts come, and how fast. */
export function logsSectionsOf(logs: LogsFindings | undefined): readonly Section[] {
  return logs ? [floodOf(logs), screenOf(logs), rateOf(logs), searchOf(logs)] : [];
}

function floodOf({ flood }: LogsFindings): Section {
  const { delaysMs, late, written, memory, longestGapMs } = flood;
  const cut = flood.cutSeconds > 0 ? ` One of them is cut off for ${flood.cutSeconds} s.` : '';
  return {
    title: 'Logs as they are written',
    notes: [
      `\`slipway logs --json\`, ${LINES_PER_SECOND} lines a second of each host for ${flood.seconds} s.${cut} From when journald took a line`,
      'until it was read behind slipway; of the hosts that were not cut off.',
    ],
    head: ['', 'lines', 'late', 'a line takes', '95 of 100', 'longest silence', 'memory'],
    rows: [
      [
        'five hosts',
        ...[String(written), String(late), milliseconds(median(delaysMs)), milliseconds(percentile(delaysMs, 95))],
        ...[milliseconds(longestGapMs), megabytes(memory)],
      ],
    ],
  };
}

function screenOf({ screen: { spell, ms, lost } }: LogsFindings): Section {
  return {
    title: 'Keys to the screen of logs',
    notes: [
      `The logs of five hosts on a terminal of 200x60, ${LINES_PER_SECOND} lines a second each; from a key until the help is there.`,
    ],
    head: ['', 'keys', 'lost', 'a key', '95 of 100', 'of a core'],
    rows: [
      [
        'the full-screen program',
        ...[String(ms.length + lost), String(lost), milliseconds(median(ms)), milliseconds(percentile(ms, 95))],
        percent(spell.cpuMs / spell.lastedMs),
      ],
    ],
  };
}

function rateOf({ rate }: LogsFindings): Section {
  const row = (title: string, lines: readonly number[], memory = '') => [
    title,
    median(lines).toFixed(0),
    `${Math.min(...lines).toFixed(0)} to ${Math.max(...lines).toFixed(0)}`,
    times(median(lines) / median(rate.ssh)),
    memory,
  ];
  return {
    title: 'Logs that are there',
    notes: [`${rate.lines} lines of each host, followed from the first one on, until the last one has come.`],
    head: ['', 'lines a second', 'range', 'to ssh', 'memory'],
    rows: [
      row('`ssh HOST journalctl -f -n all -o json`, all at once', rate.ssh),
      row('`slipway logs --json --since`', rate.slipway, megabytes(rate.memory)),
    ],
  };
}

function searchOf({ search }: LogsFindings): Section {
  const row = (title: string, ms: readonly number[]) => [
    title,
    seconds(median(ms)),
    `${seconds(Math.min(...ms))} to ${seconds(Math.max(...ms))}`,
    times(median(ms) / median(search.hostMs)),
  ];
  return {
    title: 'Errors among many lines',
    notes: [
      `${search.written} of them among ${search.lines} lines of each host; half of them are told by their text only.`,
    ],
    head: ['', 'time', 'range', 'to the hosts'],
    rows: [
      row("the slowest host's own journalctl", search.hostMs),
      row('`slipway logs --since 10m --level error --no-follow`', search.slipwayMs),
    ],
  };
}
