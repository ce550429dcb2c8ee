import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Site, startSite } from './support/site.ts';

let site: Site;
let newest = 'hello';
beforeAll(async () => {
  site = await startSite();
  expect((await site.run('deploy', 'staging', '--yes')).code).toBe(0);
});
afterAll(() => site[Symbol.asyncDispose]());

/** The second host stays on the release before. */
beforeEach(async () => {
  newest = `${newest}!`;
  await site.commit(newest);
  expect((await site.run('deploy', 'staging', '--only', 'one', '--yes')).code).toBe(0);
}, 30_000);

const LONG = { timeout: 30_000 };
const texts = () => [site.read(0, 'current/text'), site.read(1, 'current/text')];

it('status tells what has drifted and how to mend it, and still exits 0', LONG, async () => {
  const told = await site.run('status', 'staging');
  expect([told.code, told.stdout]).toEqual([0, expect.stringMatching(/! web\.1@two is on \S+; the stage is on \S+\n/)]);
  expect(told.stdout).toContain('1 instance drifted: slipway reconcile staging');
  const { stdout } = await site.run('status', 'staging', '--json');
  const status = JSON.parse(stdout) as { release: string; drift: unknown };
  expect(status.drift).toMatchObject([{ type: 'behind', instance: 'web.1@two', wanted: status.release }]);
});

it('reconcile shows its plan, and changes nothing without a yes', LONG, async () => {
  const asked = await site.run('reconcile', 'staging');
  expect(asked.code).toBe(2);
  expect(asked.stdout).toMatch(/^reconcile \S+ to app staging/);
  expect(asked.stdout).toContain('update web.1@two (now ');
  expect(asked.stderr).toContain('--yes');
  const dry = await site.run('reconcile', 'staging', '--dry-run', '--json');
  expect(JSON.parse(dry.stdout)).toMatchObject({ alreadyLive: false, plan: { kind: 'reconcile' } });
  expect(new Set(texts()).size).toBe(2);
});

it('reconcile brings it to the release of the others; once more has nothing to do', LONG, async () => {
  const ran = await site.run('reconcile', 'staging', '--yes');
  expect(ran.code, ran.stderr).toBe(0);
  expect(texts()).toEqual([newest, newest]);
  expect((await site.run('status', 'staging')).stdout).not.toContain('drift');
  expect((await site.run('history', 'staging')).stdout).toMatch(/reconcile +\S+ +succeeded/);
  const again = await site.run('reconcile', 'staging', '--yes');
  expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('nothing to do')]);
});

it('a link that was set by hand is told and set right', LONG, async () => {
  expect((await site.run('reconcile', 'staging', '--yes')).code).toBe(0);
  const at = join(site.fleet.hosts[0]!.home, 'app-staging');
  execFileSync('sh', ['-c', 'mkdir releases/by-hand; ln -sfn ../../releases/by-hand instances/web.1/current'], {
    cwd: at,
  });
  expect((await site.run('status', 'staging')).stdout).toContain('web.1@one is on by-hand, which no host knows');
  const ran = await site.run('reconcile', 'staging', '--yes');
  expect(ran.code, ran.stderr).toBe(0);
  expect(site.read(0, 'instances/web.1/current/text')).toBe(newest);
});
