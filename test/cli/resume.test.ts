import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { untilBaking } from './support/baking.ts';
import { type Site, startSite } from './support/site.ts';

let site: Site;
let round = 0;
beforeAll(async () => {
  site = await startSite({ rollout: { bake: '2s' } });
  expect((await site.run('deploy', 'staging', '--yes')).code).toBe(0);
});
afterAll(() => site[Symbol.asyncDispose]());

const texts = () => [site.read(0, 'current/text'), site.read(1, 'current/text')];

/** A rollout that was left after its first instance. */
beforeEach(async () => {
  await site.commit(`round ${(round += 1)}`);
  const { child, ended } = await untilBaking(site);
  child.kill('SIGINT');
  expect(await ended).toBe(5);
  expect(new Set(texts()).size).toBe(2);
}, 60_000);

const LONG = { timeout: 60_000 };

it('says what every instance runs, and wants to be told what becomes of it', LONG, async () => {
  const asked = await site.run('resume', 'staging');
  expect(asked.code).toBe(2);
  expect(asked.stdout).toMatch(/deploy of \S+, by .*nobody runs it any more/);
  expect(asked.stdout).toMatch(/1 instance of 2 points at it:\n[^]*web\.1@one +\S+ /);
  expect(asked.stderr).toContain('--continue');
  const both = await site.run('resume', 'staging', '--continue', '--accept', '--yes');
  expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('one way out at a time')]);
  expect((await site.run('resume', 'staging', '--accept')).code).toBe(2);
  expect((await site.run('resume', 'staging', '--rollback', '--yes')).code).toBe(0);
  expect(new Set(texts()).size).toBe(1);
});

it('--continue does the rest', LONG, async () => {
  const resumed = await site.run('resume', 'staging', '--continue', '--yes', '--json');
  expect(resumed.code, resumed.stdout).toBe(0);
  expect(texts()).toEqual([`round ${round}`, `round ${round}`]);
});

it('--accept leaves all as it is, and the stage is free', LONG, async () => {
  const before = texts();
  const accepted = await site.run('resume', 'staging', '--accept', '--yes');
  expect([accepted.code, accepted.stdout]).toEqual([0, expect.stringContaining('staging is free')]);
  expect(texts()).toEqual(before);
  expect((await site.run('history', 'staging')).stdout).toContain('accepted');
  expect((await site.run('resume', 'staging', '--continue', '--yes')).stderr).toContain('Nothing is being rolled out');
  expect((await site.run('deploy', 'staging', '--yes')).code).toBe(0);
});
