import { expect, test } from 'vitest';
import { makeSite, releaseOf, STAGE } from './support/site.ts';
import { isSoak } from '../support/soak.ts';

const TRIES = isSoak ? 30 : 5;

test(
  `of two deploys at once exactly one wins, in each of ${TRIES} tries; the other exits 6 naming who, since when and why`,
  { timeout: TRIES * 30_000 },
  async () => {
    // files only, on two hosts: what takes time is that the winner watches what it switched
    await using site = await makeSite({
      app: 'race',
      port: 6320,
      hosts: { 'fra-4': 1, 'fra-5': 1 },
      role: {},
      config: { rollout: { batch: 2, maxUnavailable: 2, bake: '2s' } },
      env: { SLIPWAY_USER: 'ana' },
    });
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      await site.project.commit();
      const began = Date.now();
      const runs = await Promise.all([site.deploy(), site.deploy()]);
      const codes = runs.map(({ code }) => code).toSorted();
      expect(codes, `try ${attempt}\n${runs.map(({ output }) => output).join('\n--\n')}`).toEqual([0, 6]);
      const winner = runs.find(({ code }) => code === 0)!;
      const loser = runs.find(({ code }) => code === 6)!;
      const { message = '' } = loser.lines('result')[0] ?? {};
      const [, since = ''] = / is locked on fra-[45] by ana@\S+ since (\S+) \(/.exec(message) ?? [];
      expect(message).toContain(`${STAGE} is locked`);
      expect(message).toContain(`(deploy ${releaseOf(winner)})`);
      expect(Date.parse(since), message).toBeGreaterThanOrEqual(began - 1000);
      for (const { name } of site.hosts) {
        const facts = await site.facts(name);
        expect(facts.current).toEqual({ 'bot.1': releaseOf(winner) });
        expect(facts.lock).toBeUndefined();
      }
    }
  },
);
