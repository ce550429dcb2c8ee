import { describe, expect, test } from 'vitest';
import { resume } from './support/aftermath.ts';
import { releaseOf, STAGE } from './support/site.ts';
import { type Nature, openShop, type Shop } from './support/shop.ts';
import { isSoak } from '../support/soak.ts';

const CANARY = 'bot.1@fra-1';
const PER_SECOND = 200;
const NATURES = ['failing', 'slow', 'healthy'] as const;
const EXIT = { healthy: 0, failing: 4, slow: 4 } as const;

const idsOf = ({ site }: Shop) => site.instances.map(({ id }) => id);

/** The first release, which nobody is compared with. */
async function open(shop: Shop): Promise<string> {
  const first = await shop.deploy('healthy');
  expect(first.code, first.output).toBe(0);
  return releaseOf(first);
}

/** What came of a release: the verdict in one line, and with every metric. */
async function tryOut(shop: Shop, nature: Nature, good: string) {
  const run = await shop.deploy(nature);
  const { site } = shop;
  const release = run.code === 0 ? releaseOf(run) : good;
  if (run.code === 5) expect((await resume(site, 'rollback')).code).toBe(0);
  expect(run.lines('analysis.started')[0]?.roles[0]?.canaries, run.output).toEqual([CANARY]);
  expect(await site.serving(), run.output).toEqual(site.all(release));
  // whatever the verdict, nobody but the canary runs what is not good
  const touched = new Set(run.lines('instance.state').map(({ instance }) => instance));
  if (run.code === 4) expect([...touched]).toEqual([CANARY]);
  const replayed = await site.slipway('analyze', STAGE);
  const verdict = run.lines('analysis.verdict').at(-1)?.look.verdict;
  const [then = '', now = ''] = replayed.stdout.split('by the thresholds of today');
  expect(then).toContain(`bot: ${verdict}`);
  expect(now).toContain(`bot: ${verdict}`);
  return { isRight: run.code === EXIT[nature], release, told: `${nature}: exit ${run.code}\n${then}` };
}

test('a worse release goes back from its canary by itself, a healthy one follows everywhere', async () => {
  await using shop = await openShop({ app: 'stall', port: 6700, hosts: { 'fra-1': 2, 'fra-2': 2 }, bake: '10s' });
  const good = await open(shop);
  await using load = shop.sell(idsOf(shop), PER_SECOND);
  const bad = await tryOut(shop, 'failing', good);
  expect(bad.isRight, bad.told).toBe(true);
  const better = await tryOut(shop, 'healthy', good);
  expect(better.isRight, better.told).toBe(true);
  expect(load.count()).toBeGreaterThan(500);
});

if (isSoak) {
  describe('of ten instances on five hosts', () => {
    const place = { hosts: { 'fra-1': 2, 'fra-2': 2, 'fra-3': 2, 'fra-4': 2, 'fra-5': 2 }, bake: '40s' };

    test('at least eight of nine canaries are judged as they are: three that fail, three that are slow, three that are well', async () => {
      await using shop = await openShop({ ...place, app: 'shop', port: 6710 });
      let good = await open(shop);
      await using load = shop.sell(idsOf(shop), PER_SECOND);
      const right: string[] = [];
      for (const nature of [1, 2, 3].flatMap(() => NATURES)) {
        const tried = await tryOut(shop, nature, good);
        process.stderr.write(`${tried.told}\n`);
        good = tried.release;
        if (tried.isRight) right.push(nature);
      }
      expect(load.count()).toBeGreaterThan(10_000);
      expect(right.length, right.join(' ')).toBeGreaterThanOrEqual(8);
    }, 900_000);

    test('a canary that gets no traffic waits for a person, whose word lets the nine follow', async () => {
      await using shop = await openShop({ ...place, app: 'kiosk', port: 6720 });
      const { site } = shop;
      const good = await open(shop);
      await using load = shop.sell(
        idsOf(shop).filter((id) => id !== CANARY),
        PER_SECOND,
      );
      const waiting = await shop.deploy('healthy');
      expect(waiting.code, waiting.output).toBe(5);
      expect(waiting.lines('analysis.verdict').at(-1)?.look).toMatchObject({
        verdict: 'Inconclusive',
        reason: expect.stringContaining('not enough data') as string,
      });
      const release = releaseOf(waiting);
      expect(await site.serving()).toEqual({ ...site.all(good), [CANARY]: release });
      const rest = await site.slipway('approve', STAGE, '--yes', '--json');
      expect(rest.code, rest.output).toBe(0);
      expect(rest.lines('rollout.resumed')).toMatchObject([{ accepted: 'inconclusive' }]);
      expect(rest.lines('analysis.started')).toEqual([]);
      expect(await site.serving()).toEqual(site.all(release));
      expect(load.count()).toBeGreaterThan(5000);
    }, 300_000);
  });
}
