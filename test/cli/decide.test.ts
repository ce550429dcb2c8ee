import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Site, startSite } from './support/site.ts';

let site: Site;
beforeAll(async () => {
  // nothing is compared: a gate alone
  site = await startSite({ rollout: { bake: '0s' } });
  expect((await site.run('deploy', 'staging', '--yes')).code).toBe(0);
});
afterAll(() => site[Symbol.asyncDispose]());

const LONG = { timeout: 60_000 };
const texts = () => [site.read(0, 'current/text'), site.read(1, 'current/text')];

it('a canary waits at its gate without anybody there, until it is approved', LONG, async () => {
  await site.commit('next');
  const deployed = await site.run('deploy', 'staging', '--strategy', 'canary', '--yes');
  expect([deployed.code, deployed.stdout]).toEqual([5, expect.stringContaining('next: slipway approve staging')]);
  expect(texts()).toEqual(['next', 'hello']);
  const retried = await site.run('retry', 'staging', 'web.1@one', '--yes');
  expect([retried.code, retried.stderr]).toEqual([2, expect.stringContaining('it waits for another reason: gate')]);
  const full = await site.run('approve', 'staging', '--full');
  expect([full.code, full.stderr]).toEqual([2, expect.stringContaining('was not confirmed')]);
  const approved = await site.run('approve', 'staging', '--yes', '-m', 'looks good', '--json');
  expect(approved.code, approved.stdout).toBe(0);
  expect(approved.stdout).toContain('"type":"gate.passed","gate":"promote"');
  expect(texts()).toEqual(['next', 'next']);
});

it('without a rollout there is nothing to decide, and what is unknown is named', LONG, async () => {
  const approved = await site.run('approve', 'staging', '--yes');
  expect([approved.code, approved.stderr]).toEqual([2, expect.stringContaining('Nothing is being rolled out')]);
  const skipped = await site.run('skip', 'staging', 'tow', '--yes');
  expect([skipped.code, skipped.stderr]).toEqual([2, expect.stringContaining('Did you mean two?')]);
  const retried = await site.run('retry', 'staging', 'web.2@one', '--yes');
  expect([retried.code, retried.stderr]).toEqual([2, expect.stringContaining('has no instance web.2@one')]);
});
