import type { ChannelUse } from '../parts/counting.ts';
import { FEW, MANY } from '../parts/many.ts';
import type { Result } from '../measuring/measure.ts';
import type { Sample } from '../measuring/sample.ts';
import { kilobytes, median, megabytes, seconds, times } from './figures.ts';
import { comparisonAt, type Findings, resultOf, USUAL } from './findings.ts';
import { onLogs } from './logs-verdicts.ts';
import { onTui } from './tui-verdicts.ts';
import { atLeast, atMost, type Verdict } from './verdict.ts';

/** Of the changed files, compressed by gzip, and for the request that goes before them. */
const BYTES = { factor: 1.1, more: 4096 };

export function verdictsOn(findings: Findings): readonly Verdict[] {
  return [
    ...onFailures(findings),
    ...onTime(findings),
    ...onRoundTrips(findings),
    ...onChannels(findings),
    ...onBytes(findings),
    ...onMany(findings),
    ...onFlips(findings),
    ...onLogs(findings.logs),
    ...onTui(findings.tui),
  ];
}

/** What failed was measured less often, or never: that must not pass for a promise kept. */
function onFailures({ comparisons }: Findings): readonly Verdict[] {
  const own = comparisons.flatMap(({ results }) => results.filter(({ kind }) => kind === 'slipway'));
  return own.flatMap(({ failure }) =>
    failure === undefined
      ? []
      : [{ what: 'every deploy succeeds', value: failure.split('\n')[0]!, bound: 'no failure', kept: false }],
  );
}

const smallMs = ({ samples }: Result) => median(samples.small.map(({ ms }) => ms));

function onTime(findings: Findings): readonly Verdict[] {
  const usual = comparisonAt(findings, USUAL);
  const own = resultOf(usual, ({ kind }) => kind === 'slipway');
  const best = resultOf(usual, ({ kind }) => kind === 'copy');
  const tools = (usual?.results ?? []).filter(({ kind, samples }) => kind === 'tool' && samples.small.length > 0);
  const nearest = tools.toSorted((a, b) => smallMs(a) - smallMs(b))[0];
  const open = findings.openSession?.redeploys.map(({ planMs, runMs }) => planMs + runMs);
  return [
    own && atMost('a redeploy takes, of `ssh HOST true` on all at once', median(own.ratios), { most: 1.25, as: times }),
    own && best && atMost(`and of ${best.title}`, smallMs(own) / smallMs(best), { most: 1, as: times }),
    own && nearest && atLeast(`${nearest.title}, the nearest deploy tool, takes`, smallMs(nearest) / smallMs(own), 3),
    open && atMost('with the connections open already it takes', median(open), { most: 500, as: seconds }),
  ].filter((verdict) => verdict !== undefined);
}

/** Ms of waiting for each ms of RTT: the slope between the shortest way and the longest. */
export function roundTrips(findings: Findings, test: (result: Result) => boolean): number | undefined {
  const [near, far] = [0, 100].map((rttMs) => resultOf(comparisonAt(findings, { ...USUAL, rttMs }), test));
  return near && far && (smallMs(far) - smallMs(near)) / 100;
}

function onRoundTrips(findings: Findings): readonly Verdict[] {
  const value = roundTrips(findings, ({ kind }) => kind === 'slipway');
  if (value === undefined) return [];
  return [
    atMost('round trips of a redeploy, process start to exit', value, { most: 12, as: (count) => count.toFixed(1) }),
  ];
}

/** Those that live as long as the rollout, or as somebody reads. */
const LASTING = new Set(['control', 'log']);

function onChannels({ openSession }: Findings): readonly Verdict[] {
  if (!openSession) return [];
  const lasts = ({ verbs }: ChannelUse) => verbs.length > 0 && verbs.every((verb) => LASTING.has(verb));
  const counts = [...openSession.channels.values()].map(({ channels }) => channels.filter((use) => !lasts(use)).length);
  return [atMost('channels a host, control and log aside', Math.max(...counts), { most: 3, as: String })];
}

/** What goes over the channel that brings the release: names, deletions and files. */
function onBytes({ app, openSession }: Findings): readonly Verdict[] {
  if (!openSession || !app) return [];
  const uses = [...openSession.channels.values()].flatMap(({ channels }) => channels);
  const written = uses.filter(({ verbs }) => verbs.includes('receive')).map((use) => use.written);
  const most = BYTES.factor * app.commits.small.compressed + BYTES.more;
  return [atMost('sent for a release, a host', Math.max(...written), { most, as: kilobytes })];
}

function onMany({ many, crowd }: Findings): readonly Verdict[] {
  const of = (samples: readonly Sample[], figure: 'cpuMs' | 'memory') => samples.map((one) => one[figure] ?? NaN);
  const cpu = many && median(of(many.many.small, 'cpuMs')) / median(of(many.few.small, 'cpuMs'));
  const memory = many && Math.max(...of(many.many.small, 'memory'), ...of(many.many.first, 'memory'));
  return [
    cpu === undefined || Number.isNaN(cpu)
      ? undefined
      : atMost(`processor time for ${MANY} hosts, of that for ${FEW}`, cpu, { most: 12, as: times }),
    memory === undefined || Number.isNaN(memory)
      ? undefined
      : atMost(`memory for ${MANY} hosts at most`, memory, { most: 200e6, as: megabytes }),
    crowd && {
      what: `${MANY} connections to one SSH server (dropped by its MaxStartups: ${crowd.dropped})`,
      value: crowd.deploy.type === 'done' ? 'no failure' : crowd.deploy.reason.split('\n').slice(0, 3).join(' '),
      bound: 'no failure',
      kept: crowd.deploy.type === 'done',
    },
  ].filter((verdict) => verdict !== undefined);
}

function onFlips({ flips }: Findings): readonly Verdict[] {
  if (flips.length === 0) return [];
  const ratios = flips.map(({ sshMs, switchedMs }) => switchedMs / sshMs);
  return [
    atMost('back to a warm slot takes, of `ssh HOST true` on all at once', median(ratios), { most: 3, as: times }),
  ];
}
