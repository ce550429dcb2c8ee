import { aligned, kilobytes, median, type Samples, seconds, timeTable } from './figures.ts';
import type { Site } from './site.ts';
import { MILESTONES, type Told } from './slipway.ts';

/** What is promised of a redeploy. */
const MOST_TIMES_SSH = 2.5;
const MOST_TIMES_BYTES = 2;

export interface Findings {
  readonly site: Site;
  readonly machine: string;
  readonly rttMs: number;
  readonly ssh: readonly number[];
  readonly samples: readonly Samples[];
  /** Slipway with a commit it has not built before: the one that the promise is about. */
  readonly cold: Teller;
  readonly warm: Teller;
}

interface Teller {
  readonly name: string;
  readonly told: readonly Told[];
}

/** The figures as text, and whether the promises were kept. */
export function report(findings: Findings): { readonly lines: readonly string[]; readonly kept: boolean } {
  const { site, machine, rttMs, ssh, samples, cold, warm } = findings;
  const { app, hosts } = site;
  const yardstick = { name: '`ssh HOST true` on all at once', first: [], redeploy: ssh };
  const redeploys = [...cold.told, ...warm.told].filter(({ isFirst }) => !isFirst);
  const times = median(samples.find(({ name }) => name === cold.name)!.redeploy) / median(ssh);
  const bytes = Math.max(...redeploys.map(({ payload, commit }) => payload / commit.compressed));
  const verdicts = [
    verdict('a redeploy takes, of `ssh HOST true`', times, MOST_TIMES_SSH),
    verdict('it sends, of the compressed changed files, at worst', bytes, MOST_TIMES_BYTES),
  ];
  return {
    kept: verdicts.every(({ kept }) => kept),
    lines: [
      '',
      `${app.files} files, ${(app.bytes / 1e6).toFixed(1)} MB, six of them changed; ${hosts.list.length} hosts at once, RTT ${rttMs} ms; ${machine}.`,
      'Files only: one link is switched, nothing restarted, no health waited for. Medians.',
      '',
      ...timeTable([yardstick, ...samples], median(ssh)),
      '',
      ...milestoneTable([cold, warm]),
      '',
      ...byteTable(redeploys),
      '',
      ...verdicts.map(({ line }) => line),
    ],
  };
}

/** When a redeploy had got how far, from the start of the program. */
function milestoneTable(tellers: readonly Teller[]): readonly string[] {
  const rows = tellers.map(({ name, told }) => {
    const redeploys = told.filter(({ isFirst }) => !isFirst);
    return [name, ...MILESTONES.map((one) => seconds(median(redeploys.map(({ milestones }) => milestones[one]))))];
  });
  return aligned([['a redeploy has', ...MILESTONES], ...rows]);
}

function byteTable(redeploys: readonly Told[]): readonly string[] {
  const middle = (of: (one: Told) => number) => kilobytes(median(redeploys.map(of)));
  return aligned([
    ['bytes of a redeploy, a host', 'median'],
    ['the six changed files', middle(({ commit }) => commit.raw)],
    ['the same, compressed by gzip', middle(({ commit }) => commit.compressed)],
    ['sent for the release', middle(({ payload }) => payload)],
    ['sent in all (frames of the network: login, requests, release)', middle(({ wire }) => wire)],
  ]);
}

function verdict(what: string, value: number, most: number): { readonly line: string; readonly kept: boolean } {
  const kept = value <= most;
  return { kept, line: `${kept ? 'kept' : 'BROKEN'}: ${what} ${value.toFixed(2)} times (at most ${most}).` };
}
