import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Poller, watchFromOutside } from './support/poller.ts';
import { makeSite, releaseOf, type Site, STAGE } from './support/site.ts';

/** The main job, whole: five hosts with two instances each, told as one story. */
describe('five hosts with two instances each', () => {
  let site: Site;
  let poller: Poller;
  const releases: string[] = [];

  beforeAll(async () => {
    site = await makeSite({
      app: 'five',
      port: 6100,
      hosts: { 'fra-1': 2, 'fra-2': 2, 'fra-3': 2, 'fra-4': 2, 'fra-5': 2 },
      config: { rollout: { batch: 3, maxUnavailable: 3 } },
    });
  });

  afterAll(async () => {
    await poller[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
  });

  async function expectEveryInstanceServes(release: string) {
    expect(await site.serving()).toEqual(site.all(release));
  }

  test('a first deploy brings every instance up on the release', async () => {
    await site.project.commit();
    const run = await site.deploy();
    expect(run.code, run.output).toBe(0);
    releases.push(releaseOf(run));
    await expectEveryInstanceServes(releases[0]!);
    poller = await watchFromOutside(site.instances);
  });

  test('a second deploy replaces it without ever taking out more than maxUnavailable', async () => {
    await site.project.commit();
    const run = await site.deploy();
    expect(run.code, run.output).toBe(0);
    releases.push(releaseOf(run));
    await expectEveryInstanceServes(releases[1]!);
    expectCapacityKept();
    const proofs = run.lines('instance.state').filter(({ state }) => state === 'updated');
    expect(proofs.map(({ proof }) => proof)).toEqual(Array.from({ length: 10 }, () => 'proven'));
  });

  test('a bad release goes back by itself: exit 4, the old one serves everywhere, the ledger says failed', async () => {
    await site.project.commit({ health: 'fail' });
    const run = await site.deploy();
    expect(run.code, run.output).toBe(4);
    const bad = releaseOf(run);
    await expectEveryInstanceServes(releases[1]!);
    expectCapacityKept();
    for (const { name } of site.hosts) {
      const facts = await site.facts(name);
      expect(facts.ledger).toEqual({ [releases[0]!]: 'good', [releases[1]!]: 'good', [bad]: 'failed' });
      expect(facts.current).toEqual({ 'bot.1': releases[1], 'bot.2': releases[1] });
      expect(facts.lock).toBeUndefined();
    }
  });

  test('a rollback to a chosen release brings every instance to it, never more than maxUnavailable out', async () => {
    const run = await site.rollback('--to', releases[0]!);
    expect(run.code, run.output).toBe(0);
    await expectEveryInstanceServes(releases[0]!);
    expectCapacityKept();
  });

  test('status, releases and history tell the same story', async () => {
    const [status, list, history] = await Promise.all([
      site.slipway('status', STAGE),
      site.slipway('releases', STAGE),
      site.slipway('history', STAGE, '--json'),
    ]);
    expect(status.stdout.match(new RegExp(`${releases[0]!} +yes +running`, 'g'))).toHaveLength(10);
    expect(list.stdout).toMatch(/failed/);
    const told = history.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { what: string; outcome: string });
    expect(told.map(({ what, outcome }) => `${what} ${outcome}`)).toEqual([
      'rollback succeeded',
      'deploy rolledBack',
      'deploy succeeded',
      'deploy succeeded',
    ]);
  });

  function expectCapacityKept() {
    const story = poller.story().join('\n');
    const worst = poller.worst();
    expect(story).not.toBe('');
    expect(worst, story).toBeLessThanOrEqual(3);
    expect(worst).toBeGreaterThan(0);
  }
});
