import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Plan } from '../../src/rollout/plan.ts';
import { fingerprint, onHosts } from './support/facts.ts';
import { makeSite, QUICK, releaseOf, type Site, STAGE } from './support/site.ts';

/** One story on two hosts: plans, more and fewer instances, what is live already. */
describe('the life of a stage', () => {
  let site: Site;
  let live = '';

  beforeAll(async () => {
    site = await makeSite({
      app: 'life',
      port: 6420,
      hosts: { 'fra-1': 2, 'fra-2': 1 },
      role: { service: { systemd: 'life-{stage}@{instance}' }, health: QUICK },
      config: { rollout: { batch: 2, maxUnavailable: 2 } },
    });
    live = await site.release();
  });

  afterAll(() => site[Symbol.asyncDispose]());

  const trees = () => Promise.all(site.hosts.map((host) => fingerprint(host, site.deployTo)));
  const starts = () =>
    onHosts(site.hosts, `systemctl show -p Id,InvocationID 'life-staging@*' | sort`).then((texts) => texts.join(''));

  test('a dry run prints the plan that then runs, and changes nothing on the hosts', async () => {
    await site.project.commit();
    const before = await trees();
    const dry = await site.slipway('deploy', STAGE, '--dry-run', '--json');
    expect(dry.code, dry.output).toBe(0);
    expect(await trees()).toEqual(before);
    const run = await site.deploy();
    expect(run.code, run.output).toBe(0);
    live = releaseOf(run);
    expect(withoutId(dry.lines('plan')[0]!.plan)).toBe(withoutId(run.lines('rollout.planned')[0]!.plan));
  });

  test('what is live and proven everywhere is left alone: exit 0, and nothing is changed', async () => {
    const before = [await trees(), await starts()];
    const again = await site.slipway('deploy', STAGE, '--yes');
    expect(again.code, again.output).toBe(0);
    expect(again.stdout).toContain('It is live and proven on every instance');
    expect([await trees(), await starts()]).toEqual(before);
  });

  test('--restart starts every instance of the live release anew', async () => {
    const before = await starts();
    const run = await site.deploy('--restart');
    expect(run.code, run.output).toBe(0);
    const now = await starts();
    expect((before.match(/InvocationID=.+/g) ?? []).filter((id) => now.includes(id))).toEqual([]);
    expect(await site.serving()).toEqual(site.all(live));
  });

  test('--only deploys to the hosts it names, and touches no other', async () => {
    await site.project.commit();
    const other = await fingerprint(site.hosts[1]!, site.deployTo);
    const run = await site.deploy('--only', 'fra-1');
    expect(run.code, run.output).toBe(0);
    const next = releaseOf(run);
    expect(await site.serving()).toEqual({ 'bot.1@fra-1': next, 'bot.2@fra-1': next, 'bot.1@fra-2': live });
    expect(await fingerprint(site.hosts[1]!, site.deployTo)).toBe(other);
    const rest = await site.deploy();
    expect(rest.code, rest.output).toBe(0);
    expect(releaseOf(rest)).toBe(next);
    expect(await site.serving()).toEqual(site.all(next));
    live = next;
  });

  test('more instances than before are started last', async () => {
    await site.configure({ hosts: { 'fra-1': 2, 'fra-2': 2 } });
    await site.project.commit();
    const run = await site.deploy();
    expect(run.code, run.output).toBe(0);
    live = releaseOf(run);
    expect(await site.serving()).toEqual(site.all(live));
    const updates = run
      .lines('rollout.planned')[0]!
      .plan.steps.flatMap((step) => (step.type === 'update' ? step.instances : []));
    expect(updates.at(-1)).toBe('bot.2@fra-2');
  });

  test('fewer instances are retired: stopped, not started at boot any more, their links gone', async () => {
    await site.configure({ hosts: { 'fra-1': 1, 'fra-2': 2 } });
    const run = await site.deploy();
    expect(run.code, run.output).toBe(0);
    expect(await site.serving()).toEqual(site.all(live));
    const host = site.hosts[0]!;
    const { stdout } = await host.exec('systemctl is-active life-staging@2; systemctl is-enabled life-staging@2');
    expect(stdout).toBe('inactive\ndisabled\n');
    expect((await site.facts('fra-1')).current).toEqual({ 'bot.1': live });
    expect((await host.exec(['ls', `${site.deployTo}/instances`])).stdout).toBe('bot.1\n');
  });
});

/** Release ids hold the time at which they were made. */
function withoutId(plan: Plan): string {
  return JSON.stringify(plan).replaceAll(plan.release.id, 'ID');
}
