import { describe, test } from 'vitest';
import { expectWhole } from './support/aftermath.ts';
import { onHosts } from './support/facts.ts';
import { HEALTH, makeSite, QUICK, releaseOf, type Site, STAGE } from './support/site.ts';
import type { Running } from './support/slipway.ts';

/** As if nothing had been heard of the owner for a minute. */
async function ageLock(site: Site): Promise<void> {
  const lock = `${site.deployTo}/.slipway/lock`;
  await onHosts(site.hosts, `touch -d '-61 seconds' ${lock}/*`);
}

/** A laptop that is suspended while it watches a release bake, for so long that its lock is dead. */
async function fallAsleep(site: Site): Promise<Running> {
  await site.release();
  await site.project.commit();
  const sleeper = site.start('deploy', STAGE, '--yes', '--json');
  await sleeper.until(({ type }) => type === 'bake.started');
  sleeper.kill('SIGSTOP');
  await ageLock(site);
  return sleeper;
}

describe.concurrent('whoever takes a stage over', () => {
  test('has it alone: a suspended laptop that wakes up changes nothing more, and ends with 6', async ({ expect }) => {
    await using site = await makeSite({
      app: 'woken',
      port: 6570,
      hosts: { 'fra-1': 1, 'fra-2': 1 },
      role: { service: { systemd: 'woken-{stage}@{instance}' }, health: QUICK },
      config: { rollout: { bake: '3s' } },
    });
    const sleeper = await fallAsleep(site);

    await site.configure({ config: {} });
    await site.project.commit();
    const next = await site.deploy();
    expect(next.code, next.output).toBe(0);
    expect(next.lines('lock.takenOver').map(({ host }) => host)).toHaveLength(2);
    const before = await worlds(site);

    sleeper.kill('SIGCONT');
    const woken = await sleeper.finished;
    expect(woken.code, woken.output).toBe(6);
    expect(woken.lines('result')[0]).toMatchObject({ code: 'SLIP_SUPERSEDED' });
    expect(await worlds(site), woken.output).toEqual(before);
    await expectWhole(site, releaseOf(next), woken.output);
    const history = await site.slipway('history', STAGE);
    expect(history.stdout).toMatch(/takeover .*superseded/);
  });

  test('has it alone, though the sleeper wakes while it is at work', async ({ expect }) => {
    await using site = await makeSite({
      app: 'both',
      port: 6580,
      hosts: { 'fra-3': 2 },
      role: { service: { systemd: 'both-{stage}@{instance}' }, health: QUICK },
      config: { rollout: { bake: '1s' } },
    });
    const sleeper = await fallAsleep(site);

    await site.project.commit();
    const next = site.start('deploy', STAGE, '--yes', '--json');
    await next.until(({ type }) => type === 'lock.takenOver');
    sleeper.kill('SIGCONT');
    const [woken, done] = await Promise.all([sleeper.finished, next.finished]);
    expect(woken.code, woken.output).toBe(6);
    expect(done.code, `${done.output}\n--\n${woken.output}`).toBe(0);
    await expectWhole(site, releaseOf(done), woken.output);
  });

  test('has it alone: an update that was left at work sees that it has no say any more', async ({ expect }) => {
    const role = (health: object) => ({ service: { systemd: 'heir-{stage}@{instance}' }, health });
    await using site = await makeSite({ app: 'heir', port: 6590, hosts: { 'fra-4': 1 }, role: role(QUICK) });
    await site.release();
    await site.configure({ role: role({ ...HEALTH, minHealthyTime: '1m', healthyDeadline: '2m' }) });
    await site.project.commit();
    const left = site.start('deploy', STAGE, '--yes', '--json');
    const probe = await left.until(({ type }) => type === 'probe.sample');
    left.kill('SIGKILL');
    await left.finished;
    expect((await site.facts('fra-4')).busy).toEqual(['bot.1']);

    await site.configure({ role: role(QUICK) });
    await site.project.commit();
    const next = await site.deploy();
    expect(next.code, next.output).toBe(0);
    const rollout = 'rollout' in probe ? probe.rollout : '';
    const [frames] = await onHosts(site.hosts, `cut -f3- ${site.deployTo}/.slipway/rollouts/${rollout}/bot.1.frames`);
    expect(frames!.trim().split('\n').at(-1)).toBe('end\tsuperseded\tthe stage was taken over');
    await expectWhole(site, releaseOf(next), next.output);
  });
});

/** Every process, link and word of the ledger on every host. */
function worlds(site: Site): Promise<readonly string[]> {
  return onHosts(
    site.hosts,
    `cd ${site.deployTo} && systemctl show -p Id,InvocationID '*-staging@*' | sort; ls -l instances/*/ | grep -e '->'; cat .slipway/ledger/*.json; ls .slipway/lock 2>&1 | head -n 1`,
  );
}
