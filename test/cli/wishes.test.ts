import { afterAll, beforeAll, expect, it } from 'vitest';
import { untilBaking } from './support/baking.ts';
import { type Site, startSite } from './support/site.ts';

let site: Site;
beforeAll(async () => {
  site = await startSite({ rollout: { bake: '10m' } });
});
afterAll(() => site[Symbol.asyncDispose]());

it('a deploy is paused from a second terminal, which is told who has heard it', { timeout: 60_000 }, async () => {
  const { ended, events } = await untilBaking(site);
  const asked = await site.run('pause', 'staging');
  expect([asked.code, asked.stdout], asked.stderr).toEqual([0, expect.stringContaining('has heard it')]);
  expect(await ended).toBe(5);
  expect(events.some(({ type }) => type === 'rollout.asked')).toBe(true);
  const gone = await site.run('abort', 'staging');
  expect([gone.code, gone.stderr]).toEqual([2, expect.stringContaining('nobody who runs it any more')]);
  expect((await site.run('resume', 'staging', '--accept', '--yes')).code).toBe(0);
});

it('abort --rollback brings back what a deploy has changed', { timeout: 60_000 }, async () => {
  await site.commit('next');
  const { ended } = await untilBaking(site);
  const asked = await site.run('abort', 'staging', '--rollback', '--json');
  expect(JSON.parse(asked.stdout), asked.stderr).toMatchObject({ v: 1, asked: 'rollback' });
  expect(await ended).toBe(4);
});

it('without a rollout there is nobody to ask', async () => {
  const asked = await site.run('pause', 'staging');
  expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining('Nothing is being rolled out to staging')]);
});
