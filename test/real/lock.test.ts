import { describe, test } from 'vitest';
import { onHosts } from './support/facts.ts';
import type { Running } from './support/slipway.ts';
import { makeSite, releaseOf, type Site, STAGE } from './support/site.ts';

/** Files only: the lock is all that matters. Watching for so long holds it. */
function watchingSite(app: string, options: { port: number; host: string; user?: string }): Promise<Site> {
  return makeSite({
    app,
    port: options.port,
    hosts: { [options.host]: 1 },
    role: {},
    config: { rollout: { bake: '4s' } },
    env: { SLIPWAY_USER: options.user ?? 'ana' },
  });
}

/** A deploy that holds the lock and watches what it has switched. */
async function startWatching(site: Site): Promise<Running> {
  await site.project.commit();
  const running = site.start('deploy', STAGE, '--yes', '--json');
  await running.until((line) => line.type === 'bake.started');
  return running;
}

describe.concurrent('the lock of a stage', () => {
  test('is never taken from a deploy that lives: deploy and rollback exit 6, and it finishes undisturbed', async ({
    expect,
  }) => {
    await using site = await watchingSite('lock-live', { port: 6340, host: 'fra-1' });
    const first = await startWatching(site);
    const [deploy, rollback] = await Promise.all([site.deploy('--restart'), site.rollback()]);
    expect(deploy.code, deploy.output).toBe(6);
    expect(deploy.lines('result')[0]?.message).toMatch(
      /^staging is locked on fra-1 by ana@\S+ since \S+ \(deploy \S+\), last beat /,
    );
    // with one release there is nothing to go back to: that is told first
    expect([2, 6], rollback.output).toContain(rollback.code);
    const finished = await first.finished;
    expect(finished.code, finished.output).toBe(0);
    expect((await site.facts('fra-1')).ledger).toEqual({ [releaseOf(finished)]: 'good' });
  });

  test('is taken over at once when its owner was a process of this machine and is gone, and the deploy says so', async ({
    expect,
  }) => {
    await using site = await watchingSite('lock-dead', { port: 6341, host: 'fra-2' });
    const first = await startWatching(site);
    first.kill('SIGKILL');
    await first.finished;
    await site.project.commit();
    const next = await site.deploy();
    expect(next.code, next.output).toBe(0);
    expect(next.lines('lock.takenOver')[0]?.found).toMatch(/^ana@\S+ since \S+ \(deploy \S+\), last beat /);
    expect((await site.facts('fra-2')).current).toEqual({ 'bot.1': releaseOf(next) });
  });

  test('of another machine is taken over after 60 s without a beat, not before, and the deploy says so', async ({
    expect,
  }) => {
    await using site = await watchingSite('lock-stale', { port: 6342, host: 'fra-3' });
    const first = await startWatching(site);
    first.kill('SIGKILL');
    await first.finished;
    const lock = `${site.deployTo}/.slipway/lock`;
    await onHosts(
      site.hosts,
      `cd ${lock} && sed -i 's/"machine":"[^"]*"/"machine":"another"/' owner.json && chown deploy owner.json`,
    );
    await site.project.commit();
    const early = await site.deploy();
    expect(early.code, early.output).toBe(6);
    await onHosts(site.hosts, `touch -d '-61 seconds' ${lock}/*`);
    const late = await site.deploy();
    expect(late.code, late.output).toBe(0);
    expect(late.lines('lock.takenOver')[0]?.found).toMatch(/last beat 1m/);
  });

  test('that a person took by hand keeps others out with their reason, until it is unlocked', async ({ expect }) => {
    await using site = await watchingSite('lock-hand', { port: 6343, host: 'fra-4' });
    await site.project.commit();
    const locked = await site.slipway('lock', STAGE, '-m', 'moving the database');
    expect(locked.code, locked.output).toBe(0);
    const refused = await site.deploy();
    expect(refused.code, refused.output).toBe(6);
    expect(refused.output).toContain('(moving the database)');
    const unlocked = await site.slipway('unlock', STAGE);
    expect(unlocked.code, unlocked.output).toBe(0);
    const free = await site.deploy();
    expect(free.code, free.output).toBe(0);
  });
});
