import { expect, test } from 'vitest';
import type { Finding } from '../../src/analysis/finding.ts';
import { lookLines } from '../../src/cli/report/analysis.ts';
import { fleetLines } from '../../src/cli/report/fleet.ts';
import { planLines } from '../../src/cli/report/plan.ts';
import { createTextReport } from '../../src/cli/report/text.ts';
import type { Judged } from '../../src/analysis/watch.ts';
import type { RolloutEvent } from '../../src/rollout/events.ts';
import { mergeFleet } from '../../src/rollout/fleet.ts';
import { prepareDeploy } from '../../src/rollout/plan-deploy.ts';
import { lookAtHosts } from '../../src/rollout/stage.ts';
import { fakeStage } from '../rollout/support/fake-stage.ts';

function report(events: readonly (readonly [ms: number, sent: number])[]): readonly string[] {
  const lines: string[] = [];
  const write = createTextReport((line) => lines.push(line));
  events.forEach(([t, sent], index) =>
    write({
      ...{ v: 1, source: 'controller', seq: index + 1, t, rollout: 'r1' },
      ...{ type: 'sync.progress', host: 'fra-1', sent, total: 9_000_000 },
    } satisfies RolloutEvent),
  );
  return lines;
}

test('an upload is told every two seconds: how far it is, how fast, and how long it will take', () => {
  const progress = [
    [0, 0],
    [1000, 500_000],
    [2000, 1_000_000],
    [3000, 1_500_000],
    [4000, 2_000_000],
    [9000, 9_000_000],
  ] as const;
  expect(report(progress)).toEqual([
    '0:00  fra-1: sending 9.0 MB',
    '0:02  fra-1: 1.0 MB of 9.0 MB, 500 KB/s, 16s left',
    '0:04  fra-1: 2.0 MB of 9.0 MB, 500 KB/s, 14s left',
  ]);
});

test('an attempt that begins anew has a rate of its own', () => {
  const progress = [
    [0, 0],
    [10_000, 1_000_000],
    [60_000, 0],
    [62_000, 2_000_000],
  ] as const;
  expect(report(progress).slice(2)).toEqual([
    '1:00  fra-1: sending 9.0 MB',
    '1:02  fra-1: 2.0 MB of 9.0 MB, 1.0 MB/s, 7s left',
  ]);
});

test('what is gathered of a failed instance is an indented block, with the end of its log and no more', () => {
  const told: string[] = [];
  const write = createTextReport((line) => told.push(line));
  const parts = [
    ['exit', ['signal 9 (KILL)']],
    ['response', ['500', 'no token']],
    ['log', Array.from({ length: 50 }, (_, index) => `line ${index + 1}`)],
  ] as const;
  parts.forEach(([part, lines], index) =>
    write({
      ...{ v: 1, source: 'bot.1@fra-1', seq: index + 1, t: 0, rollout: 'r1' },
      ...{ type: 'instance.evidence', instance: 'bot.1@fra-1', part, lines },
    }),
  );
  expect(told.slice(0, 6)).toEqual([
    '0:00  bot.1@fra-1: exit: signal 9 (KILL)',
    '0:00  bot.1@fra-1: response:',
    '0:00      500',
    '0:00      no token',
    '0:00  bot.1@fra-1: log: (20 of 50 lines)',
    '0:00      line 31',
  ]);
  expect(told.at(-1)).toBe('0:00      line 50');
  expect(told).toHaveLength(25);
});

test('a stage with slots tells which of them takes the traffic, and what a plan does with both', async () => {
  await using stage = await fakeStage({
    ...{ hosts: 1, instances: 1, rollout: { strategy: 'blue-green', approve: 'auto', bake: '0s', keepWarm: '1m' } },
    role: { slots: { blue: 5001, green: 5101 }, traffic: { haproxy: '/run/haproxy.sock', backend: 'bot' } },
  });
  await stage.deploy('one');
  const lines = fleetLines(mergeFleet(await lookAtHosts(stage.stage), []));
  expect(lines.map((line) => line.trimEnd().split(/ {2,}/).at(-1))).toEqual(['TRAFFIC', 'takes it', 'idle']);
  await stage.write('two');
  const prepared = await prepareDeploy(stage.stage, {});
  expect(planLines(prepared).slice(-5)).toEqual([
    '  2. update bot.green.1@h1 (new)',
    '  3. switch the traffic of bot to green',
    '  4. keep blue of bot warm for 1m',
    '  5. stop and remove bot.blue.1@h1',
    expect.stringContaining('nothing that takes traffic is out meanwhile'),
  ]);
});

const FAILED: Finding = {
  ...{
    metric: 'latency',
    weight: 'critical',
    outcome: 'fail',
    canary: '140 ms',
    baseline: '61 ms',
    n: [40, 120] as const,
  },
  ...{ p: 0.00001, ratio: 2.295, threshold: '1.5 x', why: 'it takes longer' },
};
const UNKNOWN: Finding = {
  ...{ metric: 'cpu', weight: 'supporting', outcome: 'noData', canary: 'unknown', baseline: 'unknown', n: [0, 0] },
  ...{ threshold: '2 x', why: 'it was not measured' },
};

function judged(verdict: 'Running' | 'Failed', outcome: 'fail' | 'doubtful'): Judged {
  const findings = [{ ...FAILED, outcome }, UNKNOWN];
  const look = { verdict, reason: verdict === 'Running' ? 'still watching' : 'latency: it takes longer', findings };
  return { role: 'web', canaries: ['web.1@a'], baselines: ['web.2@a', 'web.1@b'], look };
}

test('a look that decides tells all of each metric: both sides, how many, chance, ratio, threshold and why', () => {
  expect(lookLines(judged('Failed', 'fail'))).toEqual([
    'web: Failed: latency: it takes longer',
    '  web.1@a beside web.2@a, web.1@b',
    '  METRIC   RESULT   CANARY   BASELINE  N       P        RATIO  FAILS AT  WHY',
    '  latency  fail     140 ms   61 ms     40/120  <0.0001  2.3 x  1.5 x     it takes longer',
    '  cpu      no data  unknown  unknown   0/0                     2 x       it was not measured',
  ]);
});

test('a look in between is a line, with what looks bad so far', () => {
  expect(lookLines(judged('Running', 'doubtful'))).toEqual([
    'web: still watching; latency: 140 ms beside 61 ms, it takes longer',
  ]);
});
