import { describe } from '../conditions.ts';
import { MILESTONES } from '../contenders/slipway.ts';
import type { Operation, Result } from '../measuring/measure.ts';
import type { Sample } from '../measuring/sample.ts';
import { FEW, MANY } from '../parts/many.ts';
import { cell, kilobytes, median, megabytes, seconds, times } from './figures.ts';
import { type Comparison, comparisonAt, type Findings, USUAL } from './findings.ts';
import type { Section } from './section.ts';
import { logsSectionsOf } from './logs-sections.ts';
import { tuiSectionsOf } from './tui-sections.ts';
import { roundTrips, verdictsOn } from './verdicts.ts';

/** All there is to say, the promises last. */
export function sectionsOf(findings: Findings): readonly Section[] {
  const usual = comparisonAt(findings, USUAL);
  return [
    ...findings.comparisons.flatMap((comparison) => [
      timesOf(comparison),
      ...(comparison === usual ? comparison.operations : (['small'] as const)).map((one) => costsOf(comparison, one)),
    ]),
    ...(usual && usual.told.length > 0 ? [milestonesOf(findings, usual)] : []),
    ...roundTripsOf(findings),
    ...openSessionOf(findings),
    ...manyOf(findings),
    ...flipsOf(findings),
    ...logsSectionsOf(findings.logs),
    ...tuiSectionsOf(findings.tui),
    verdictsOf(findings),
  ].filter(({ rows }) => rows.length > 0);
}

const NAMES: Readonly<Record<Operation, string>> = {
  first: 'first deploy',
  small: 'small redeploy',
  big: 'big redeploy',
  rollback: 'rollback',
};

function timesOf({ conditions, operations, results }: Comparison): Section {
  const yardstick = results.flatMap(({ kind, samples }) => (kind === 'yardstick' ? Object.values(samples).flat() : []));
  const rows = results.map(({ title, kind, samples, ratios, failure }) => {
    const small = samples.small.map(({ ms }) => ms);
    if (kind === 'yardstick')
      return [
        title,
        ...operations.map(() =>
          cell(
            yardstick.map(({ ms }) => ms),
            seconds,
          ),
        ),
      ];
    return [
      failure === undefined ? title : `${title} (failed)`,
      ...operations.map((operation) =>
        cell(
          samples[operation].map(({ ms }) => ms),
          seconds,
        ),
      ),
      small.length === 0 ? '' : `${seconds(Math.min(...small))} to ${seconds(Math.max(...small))}`,
      cell(ratios, times),
      String(small.length),
    ];
  });
  return {
    title: `${capitalised(describe(conditions))}: times`,
    notes: results.flatMap(failureOf),
    head: ['', ...operations.map((one) => NAMES[one]), 'small, range', 'to ssh true', 'rounds'],
    rows,
  };
}

function failureOf({ title, failure }: Result): readonly string[] {
  return failure === undefined ? [] : [`${title} left after a failure (${failure.split('\n')[0]!}).`];
}

/** Bytes and logins are those of one host. */
function costsOf({ conditions, results }: Comparison, operation: Operation): Section {
  return {
    title: `${capitalised(describe(conditions))}: what a ${NAMES[operation]} takes`,
    notes: [],
    head: ['', 'sent a host', 'received', 'connections', 'sessions', 'client CPU', 'client memory'],
    rows: results
      .filter(({ samples }) => samples[operation].length > 0)
      .map((result) => costRow(result, operation, conditions.hosts)),
  };
}

function costRow({ title, samples }: Result, operation: Operation, hosts: number): readonly string[] {
  const of = (figure: (one: Sample) => number | undefined, format: (value: number) => string) =>
    cell(samples[operation].map(figure), format);
  const aHost = (total: number | undefined) => (total === undefined ? undefined : total / hosts);
  const count = (value: number) => String(Math.round(value * 10) / 10);
  return [
    title,
    of(({ sent }) => aHost(sent), kilobytes),
    of(({ received }) => aHost(received), kilobytes),
    of(({ logins }) => aHost(logins?.connections), count),
    of(({ logins }) => aHost(logins?.sessions), count),
    of(({ cpuMs }) => cpuMs, seconds),
    of(({ memory }) => memory, megabytes),
  ];
}

/** When a redeploy had got how far, from the start of the program. */
function milestonesOf({ app }: Findings, { told, conditions }: Comparison): Section {
  const redeploys = told.filter(({ commit }) => commit === app?.commits.small);
  return {
    title: `How far slipway has got with a small redeploy (${describe(conditions)})`,
    notes: [],
    head: ['', ...MILESTONES],
    rows: [
      [
        'slipway',
        ...MILESTONES.map((one) =>
          cell(
            redeploys.map(({ milestones }) => milestones[one]),
            seconds,
          ),
        ),
      ],
    ],
  };
}

function roundTripsOf(findings: Findings): readonly Section[] {
  const titles = new Set(findings.comparisons.flatMap(({ results }) => results.map(({ title }) => title)));
  const rows = [...titles].flatMap((title) => {
    const count = roundTrips(findings, (result) => result.title === title);
    return count === undefined ? [] : [[title, count.toFixed(1)]];
  });
  if (rows.length === 0) return [];
  const notes = ['The slope of the time that a small redeploy takes, between 0 and 100 ms RTT, five hosts.'];
  return [{ title: 'Round trips', notes, head: ['', 'round trips'], rows }];
}

function openSessionOf({ openSession }: Findings): readonly Section[] {
  if (!openSession) return [];
  const { redeploys, channels } = openSession;
  const times = (of: (one: (typeof redeploys)[number]) => number) => seconds(median(redeploys.map(of)));
  const uses = [...channels.values()][0]!.channels;
  return [
    {
      title: `A small redeploy in a session that is connected already (${describe(USUAL)})`,
      notes: [],
      head: ['', 'planned', 'run', 'together', 'rounds'],
      rows: [
        [
          'slipway',
          times(({ planMs }) => planMs),
          times(({ runMs }) => runMs),
          times(({ planMs, runMs }) => planMs + runMs),
          String(redeploys.length),
        ],
      ],
    },
    {
      title: 'Channels to one host, from connect to the end of a small redeploy',
      notes: ['What is written to them, before SSH wraps it.'],
      head: ['', 'written'],
      rows: uses.map(({ verbs, written }) => [verbs.join(', ') || 'opened, not used', kilobytes(written)]),
    },
  ];
}

function manyOf({ many, crowd }: Findings): readonly Section[] {
  if (!many) return [];
  const row = (title: string, samples: readonly Sample[]) => [
    title,
    cell(
      samples.map(({ ms }) => ms),
      seconds,
    ),
    cell(
      samples.map(({ cpuMs }) => cpuMs),
      seconds,
    ),
    cell(
      samples.map(({ memory }) => memory),
      megabytes,
    ),
  ];
  const crowdRow = [
    `${MANY} folders of one host, first deploy`,
    crowd?.deploy.type === 'done' ? seconds(crowd.deploy.ms) : '',
  ];
  return [
    {
      title: 'Slipway with many hosts',
      notes: [
        'Embedded hosts at RTT 0, all of them in one process on this machine; and one host 40 ms away, to which each of its',
        'folders is a host.',
      ],
      head: ['', 'time', 'client CPU', 'client memory'],
      rows: [
        row(`${FEW} hosts, first deploy`, many.few.first),
        row(`${MANY} hosts, first deploy`, many.many.first),
        row(`${FEW} hosts, small redeploy`, many.few.small),
        row(`${MANY} hosts, small redeploy`, many.many.small),
        ...(crowd ? [crowdRow] : []),
      ],
    },
  ];
}

function flipsOf({ flips }: Findings): readonly Section[] {
  if (flips.length === 0) return [];
  const of = (figure: (flip: (typeof flips)[number]) => number, format = seconds) => cell(flips.map(figure), format);
  return [
    {
      title: `Back to a slot that is warm (${describe(USUAL)})`,
      notes: [
        'From the start of `slipway rollback`; nothing is restarted, and the slot that is left is retired at the end.',
      ],
      head: ['`ssh HOST true`', 'all proxies have switched', 'to ssh true', 'ended', 'rounds'],
      rows: [
        [
          of(({ sshMs }) => sshMs),
          of(({ switchedMs }) => switchedMs),
          of(({ sshMs, switchedMs }) => switchedMs / sshMs, times),
          of(({ endedMs }) => endedMs),
          String(flips.length),
        ],
      ],
    },
  ];
}

function verdictsOf(findings: Findings): Section {
  return {
    title: 'Promises',
    notes: [],
    head: ['', 'measured', 'promised', ''],
    rows: verdictsOn(findings).map(({ what, value, bound, kept }) => [what, value, bound, kept ? 'kept' : 'BROKEN']),
  };
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
