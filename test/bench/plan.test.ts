import { describe, expect, it } from 'vitest';
import { isOnlyLogs, needsHosts, planOf as planOrUsage } from '../../bench/plan.ts';

const planOf = (argv: readonly string[]) => planOrUsage(argv)!;

describe('what the bench measures', () => {
  it('is by itself what the promises need', () => {
    const plan = planOf([]);
    expect(plan.comparisons.map(({ conditions }) => conditions.rttMs)).toEqual([40, 0, 100]);
    expect(plan.comparisons[0]!.contenders).toEqual(['slipway', 'rsync', 'capistrano']);
    expect(plan).toMatchObject({ app: 'published', document: 'not written' });
    expect(plan.openSessionRounds * plan.manyRounds).toBeGreaterThan(0);
  });

  it('is in full every contender under all conditions, and then it is written down', () => {
    const plan = planOf(['--full']);
    expect(plan.document).toBe('written');
    const lines = plan.comparisons.map(({ conditions: { hosts, rttMs, upMbit } }) => `${hosts}/${rttMs}/${upMbit}`);
    expect(lines.toSorted()).toEqual(
      ['1/0/0', '1/100/0', '1/20/0', '1/20/20', '1/40/0', '5/0/0', '5/100/0', '5/20/0', '5/20/20', '5/40/0'].toSorted(),
    );
    for (const { contenders, operations } of plan.comparisons) {
      expect(contenders).toHaveLength(7);
      expect(operations).toHaveLength(4);
    }
  });

  it('is narrowed to one line, and then nothing is written down', () => {
    const plan = planOf(['--full', '--rtt', '20', '--up', '20', '--hosts', '1', '--rounds', '3']);
    expect(plan.document).toBe('not written');
    expect(plan.comparisons).toHaveLength(1);
    expect(plan.comparisons[0]).toMatchObject({ conditions: { hosts: 1, rttMs: 20, upMbit: 20 }, rounds: 3 });
  });

  it('is narrowed to some contenders', () => {
    const plan = planOf(['--full', '--only', 'slipway,pm2']);
    expect(plan.document).toBe('not written');
    for (const { contenders } of plan.comparisons) expect(contenders).toEqual(['slipway', 'pm2']);
  });

  it('has the full-screen program in it, unless it is narrowed to something else', () => {
    expect([[], ['--full'], ['--quick']].map((argv) => planOf(argv).tui?.busyMs)).toEqual([20_000, 20_000, 5000]);
    expect(
      [
        ['--only', 'slipway'],
        ['--rtt', '20'],
      ].map((argv) => planOf(argv).tui),
    ).toEqual([undefined, undefined]);
  });

  it('is the full-screen program alone where only that is asked for, and then no host is needed', () => {
    const plan = planOf(['--full', '--only', 'tui', '--rounds', '4']);
    expect(plan).toMatchObject({ comparisons: [], document: 'not written', tui: { starts: 4 } });
    expect([plan, planOf(['--only', 'tui,slipway']), planOf([])].map(needsHosts)).toEqual([false, true, true]);
    expect(planOf(['--only', 'tui,slipway']).comparisons[0]!.contenders).toEqual(['slipway']);
  });

  it('is the logs alone where only they are asked for: on hosts, with nothing deployed', () => {
    const plan = planOf(['--only', 'logs', '--rounds', '1']);
    expect(plan).toMatchObject({
      comparisons: [],
      tui: undefined,
      logs: { rate: { rounds: 1 }, search: { rounds: 1 } },
    });
    expect([needsHosts(plan), isOnlyLogs(plan), isOnlyLogs(planOf([]))]).toEqual([true, true, false]);
    expect(planOf(['--only', 'slipway,tui']).logs).toBeUndefined();
  });

  it('cuts a host off from who reads its logs only in full', () => {
    const cuts = [[], ['--quick'], ['--full']].map((argv) => planOf(argv).logs?.flood.cutSeconds);
    expect(cuts).toEqual([0, 0, 20]);
  });

  it('is not measured for who asks how', () => {
    expect(planOrUsage(['--help'])).toBeUndefined();
  });

  it('is asked for without mistakes', () => {
    expect(() => planOf(['--only', 'kamal'])).toThrow('no contender "kamal"');
    expect(() => planOf(['--rtt', 'far'])).toThrow('--rtt takes a number from 0 on, not "far"');
    expect(() => planOf(['--hosts', '0'])).toThrow('--hosts takes a number from 1 on');
    expect(() => planOf(['--fast'])).toThrow('--fast');
    expect(() => planOf(['--only', 'tui', '--rtt', '20'])).toThrow('Nothing is left to measure');
  });
});
