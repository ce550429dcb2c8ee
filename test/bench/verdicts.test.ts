import { describe, expect, it } from 'vitest';
import type { App, Commit } from '../../bench/app/app.ts';
import type { Result } from '../../bench/measuring/measure.ts';
import type { Sample } from '../../bench/measuring/sample.ts';
import { type Comparison, type Findings, USUAL } from '../../bench/reporting/findings.ts';
import { verdictsOn } from '../../bench/reporting/verdicts.ts';

const sample = (ms: number): Sample => ({
  ...{ ms, sent: 0, received: 0, cpuMs: ms, memory: 1e6, logins: undefined },
});

function result(kind: Result['kind'], title: string, ms: readonly number[]): Result {
  const small = ms.map(sample);
  return {
    kind,
    title,
    samples: { first: [], small, big: [], rollback: [] },
    ratios: ms.map((one) => one / 1000),
    failure: undefined,
  };
}

const commit = (compressed: number): Commit => ({
  ...{ id: 'c', files: new Map<string, string>(), bytes: 0, changed: 4, raw: 0, compressed },
});
const app = { commits: { first: commit(0), small: commit(10_000), big: commit(0) } } as unknown as App;

function findings(comparisons: readonly Comparison[], rest: Partial<Findings> = {}): Findings {
  return {
    app,
    machine: [],
    comparisons,
    openSession: undefined,
    many: undefined,
    crowd: undefined,
    flips: [],
    logs: undefined,
    tui: undefined,
    ...rest,
  };
}

const at = (rttMs: number, results: readonly Result[]): Comparison => ({
  conditions: { ...USUAL, rttMs },
  operations: ['first', 'small'],
  results,
  told: [],
});

const judged = (all: Findings) => verdictsOn(all).map(({ what, value, kept }) => ({ what, value, kept }));

describe('the promises', () => {
  it('are judged by pairs with `ssh HOST true`, against rsync and against the nearest deploy tool', () => {
    const results = [
      result('yardstick', 'ssh', []),
      result('slipway', 'slipway', [1100, 1200, 9000]),
      result('copy', 'rsync', [1500]),
      result('tool', 'Far', [20_000]),
      result('tool', 'Near', [3000]),
    ];
    expect(judged(findings([at(40, results)]))).toEqual([
      { what: 'a redeploy takes, of `ssh HOST true` on all at once', value: '1.20 x', kept: true },
      { what: 'and of rsync', value: '0.80 x', kept: true },
      { what: 'Near, the nearest deploy tool, takes', value: '2.50 x', kept: false },
    ]);
  });

  it('are not judged by a contender that failed before it was measured', () => {
    const results = [result('slipway', 'slipway', [1000]), result('copy', 'rsync', []), result('tool', 'Tool', [])];
    expect(judged(findings([at(40, results)]))).toHaveLength(1);
  });

  it('are broken by a deploy that failed', () => {
    const failed = { ...result('slipway', 'slipway', []), failure: 'big: it stopped' };
    expect(judged(findings([at(20, [failed])]))).toEqual([
      { what: 'every deploy succeeds', value: 'big: it stopped', kept: false },
    ]);
  });

  it('count round trips as the slope from 0 to 100 ms', () => {
    const near = at(0, [result('slipway', 'slipway', [500])]);
    const far = at(100, [result('slipway', 'slipway', [1750])]);
    expect(judged(findings([near, far]))).toEqual([
      { what: 'round trips of a redeploy, process start to exit', value: '12.5', kept: false },
    ]);
  });

  const use = (verbs: string, written = 0) => ({ verbs: verbs === '' ? [] : verbs.split(' '), written });
  const session = (uses: ReturnType<typeof use>[]) => ({
    openSession: { redeploys: [{ planMs: 200, runMs: 290 }], channels: new Map([['a', { channels: uses }]]) },
  });

  it('count every channel but those that last, used or not', () => {
    const uses = [use('probe'), use('receive'), use('control'), use('finish control'), use('')];
    expect(judged(findings([], session(uses))).slice(0, 2)).toEqual([
      { what: 'with the connections open already it takes', value: '0.49 s', kept: true },
      { what: 'channels a host, control and log aside', value: '4', kept: false },
    ]);
  });

  it('bound what is sent for a release by the compressed changed files', () => {
    const kept = (written: number) =>
      verdictsOn(findings([], session([use('probe', 1e6), use('receive', written)]))).at(-1)!.kept;
    expect([kept(10_000), kept(15_096), kept(15_097)]).toEqual([true, true, false]);
  });

  it('bound what fifty hosts take, and break when a connection fails', () => {
    const deploys = (ms: number) => ({ first: [sample(ms)], small: [sample(ms)] });
    const many = { few: deploys(100), many: deploys(1201) };
    const crowd = { deploy: { type: 'failed', reason: 'it timed out' }, dropped: 3 } as const;
    expect(judged(findings([], { many, crowd })).map(({ value, kept }) => [value, kept])).toEqual([
      ['12.01 x', false],
      ['1 MB', true],
      ['it timed out', false],
    ]);
  });

  it('bound the way back to a warm slot by `ssh HOST true` on all hosts at once', () => {
    const flip = (switchedMs: number) => ({ sshMs: 500, switchedMs, endedMs: 9000 });
    const kept = (...ms: readonly number[]) => judged(findings([], { flips: ms.map(flip) })).map((one) => one.kept);
    expect([kept(), kept(400, 1500, 9000), kept(1501)]).toEqual([[], [true], [false]]);
  });
});
