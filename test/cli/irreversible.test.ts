import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Site, startSite } from './support/site.ts';

let site: Site;
beforeAll(async () => {
  site = await startSite();
  expect((await site.run('deploy', 'staging', '--yes')).code).toBe(0);
  await site.commit('migrated');
}, 30_000);
afterAll(() => site[Symbol.asyncDispose]());

it(
  'deploy --irreversible marks a release, and a rollback over it needs --force-irreversible',
  { timeout: 60_000 },
  async () => {
    const alone = await site.run('deploy', 'staging', '-m', 'drops a column', '--yes');
    expect([alone.code, alone.stderr]).toEqual([2, expect.stringContaining('give --irreversible, too')]);
    const ran = await site.run('deploy', 'staging', '--irreversible', '-m', 'drops a column', '--yes');
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stdout).toMatch(/! \S+ cannot be undone \(drops a column\)/);
    expect(ran.stdout).toContain('on failure it pauses for a person');
    const listed = (await site.run('releases', 'staging')).stdout;
    expect(listed).toContain('IRREVERSIBLE: drops a column');
    expect(listed).toMatch(/by force: over \S+/);
    const refused = await site.run('rollback', 'staging', '--yes');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/is before \S+ \(drops a column\), which cannot be undone/);
    expect(refused.stderr).toMatch(/→ .*slipway rollback staging --to \S+ --force-irreversible/);
    expect(site.read(0, 'current/text')).toBe('migrated');
    const forced = await site.run('rollback', 'staging', '--force-irreversible', '--yes');
    expect(forced.code, forced.stderr).toBe(0);
    expect(forced.stdout).toContain('It goes back over what cannot be undone');
    expect([0, 1].map((host) => site.read(host, 'current/text'))).toEqual(['hello', 'hello']);
  },
);
