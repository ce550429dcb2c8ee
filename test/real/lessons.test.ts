import { describe, test } from 'vitest';
import { fingerprint, onHosts } from './support/facts.ts';
import { makeSite, QUICK, releaseOf, type Site, type SiteOptions, STAGE } from './support/site.ts';

/** How other tools failed, each as a rule that holds here. Every test has a host, or two instances on one, to itself. */
describe.concurrent('failures of others', () => {
  const quick = (app: string, options: Omit<SiteOptions, 'app' | 'role'>): Promise<Site> =>
    makeSite({ app, role: { service: { systemd: `${app}-{stage}@{instance}` }, health: QUICK }, ...options });

  test('a temporary link left behind by a cut is never written through, and the switch happens', async ({ expect }) => {
    await using site = await quick('stale-link', { port: 6200, hosts: { 'fra-1': 1 } });
    const old = await site.release();
    // whatever process number the next worker has, its temporary name is taken by a link into the old release
    const plant = `import os
os.chdir("${site.deployTo}")
for pid in range(os.getpid(), os.getpid() + 5000):
    os.symlink("../../releases/${old}", f"instances/bot.1/current.new.{pid}")
os.symlink("../../releases/${old}", "instances/bot.1/current.new")
os.symlink("${old}", "releases/current")
`;
    const planted = await site.hosts[0]!.exec(['python3', '-c', plant]);
    expect(planted.code, planted.stderr).toBe(0);
    const before = await fingerprint(site.hosts[0]!, `${site.deployTo}/releases/${old}`);
    const next = await site.release();
    expect(await site.serving()).toEqual(site.all(next));
    expect(await fingerprint(site.hosts[0]!, `${site.deployTo}/releases/${old}`)).toBe(before);
    expect((await site.facts('fra-1')).current).toEqual({ 'bot.1': next });
    // one of them stood where the worker's was to be
    const [left] = await onHosts(site.hosts, `ls ${site.deployTo}/instances/bot.1 | grep -c 'current.new.'`);
    expect(Number(left)).toBe(4999);
  });

  test('a rollback after a failed deploy goes to the good release before the live one, and is never a no-op', async ({
    expect,
  }) => {
    await using site = await quick('after-fail', { port: 6210, hosts: { 'fra-2': 1 } });
    const first = await site.release();
    const second = await site.release();
    await site.project.commit({ crash: true });
    const failed = await site.deploy();
    expect(failed.code, failed.output).toBe(4);
    expect(await site.serving()).toEqual(site.all(second));
    const back = await site.rollback();
    expect(back.code, back.output).toBe(0);
    expect(await site.serving()).toEqual(site.all(first));
    const further = await site.rollback();
    expect(further.code, further.output).toBe(2);
    expect(further.lines('error')[0]?.code).toBe('SLIP_NO_TARGET');
    const toFailed = await site.rollback('--to', releaseOf(failed));
    expect(toFailed.code, toFailed.output).toBe(2);
    expect(toFailed.lines('error')[0]?.message).toContain('its rollout failed');
  });

  test('a real folder in the place of a link is refused before anything is switched', async ({ expect }) => {
    await using site = await quick('real-folder', { port: 6220, hosts: { 'fra-3': 2 } });
    const old = await site.release();
    await site.project.commit();
    const inTheWay = `${site.deployTo}/instances/bot.2/current`;
    await onHosts(site.hosts, `rm ${inTheWay} && mkdir ${inTheWay} && touch ${inTheWay}/precious`);
    const refused = await site.deploy();
    expect(refused.code, refused.output).toBe(3);
    expect(refused.output).toContain(`${inTheWay} is a real folder`);
    expect((await site.facts('fra-3')).current).toEqual({ 'bot.1': old });
    // the mend as it is printed
    await onHosts(site.hosts, `mv ${inTheWay} ${inTheWay}.before-slipway`);
    const mended = await site.deploy();
    expect(mended.code, mended.output).toBe(0);
    expect((await onHosts(site.hosts, `ls ${inTheWay}.before-slipway`))[0]).toBe('precious\n');
  });

  test('a real folder at deployTo/current is refused before anything is switched', async ({ expect }) => {
    await using site = await quick('real-current', { port: 6230, hosts: { 'fra-4': 1 } });
    const old = await site.release();
    await site.project.commit();
    await onHosts(site.hosts, `rm ${site.deployTo}/current && mkdir ${site.deployTo}/current`);
    const refused = await site.deploy();
    expect(refused.code, refused.output).toBe(3);
    expect(refused.output).toContain(`${site.deployTo}/current is a real folder`);
    const facts = await site.facts('fra-4');
    expect(facts.current).toEqual({ 'bot.1': old });
    expect(facts.lock).toBeUndefined();
  });

  test('a lock without an owner never blocks: neither an empty folder nor old junk', async ({ expect }) => {
    await using site = await quick('ownerless', { port: 6240, hosts: { 'fra-5': 1 } });
    await site.release();
    await onHosts(site.hosts, `mkdir ${site.deployTo}/.slipway/lock`);
    await site.release();
    const junk = `cd ${site.deployTo}/.slipway && mkdir lock && touch lock/beat lock/.nfs01 && touch -d '-2 minutes' lock/beat lock`;
    await onHosts(site.hosts, junk);
    await site.project.commit();
    const taken = await site.deploy();
    expect(taken.code, taken.output).toBe(0);
    expect(taken.lines('lock.takenOver').map(({ host }) => host)).toEqual(['fra-5']);
    expect((await site.facts('fra-5')).lock).toBeUndefined();
  });
});

describe.concurrent('failures of others in the middle of a deploy', () => {
  test('a failing prepare step leaves everything as it was, unlocked, and its release no target', async ({
    expect,
  }) => {
    await using site = await makeSite({
      app: 'prepare',
      port: 6250,
      hosts: { 'fra-1': 1 },
      config: { prepare: [{ run: 'echo preparing && sh prepare.sh' }] },
    });
    const { project } = site;
    await project.commit({}, { 'prepare.sh': 'echo ok >made\n' });
    const good = await site.deploy();
    expect(good.code, good.output).toBe(0);
    await project.commit({}, { 'prepare.sh': 'echo broken >&2; exit 3\n' });
    const failed = await site.deploy();
    expect(failed.code, failed.output).toBe(3);
    expect(failed.output).toContain('failed with status 3');
    expect(failed.lines('hook.output').map(({ line }) => line)).toContain('broken');
    expect(await site.serving()).toEqual(site.all(releaseOf(good)));
    const facts = await site.facts('fra-1');
    expect(facts.lock).toBeUndefined();
    expect(facts.current).toEqual({ 'bot.1': releaseOf(good) });
    expect(facts.ledger[releaseOf(failed)]).not.toBe('good');
    const back = await site.rollback('--to', releaseOf(failed));
    expect(back.code, back.output).toBe(2);
    await project.commit({}, { 'prepare.sh': 'echo ok >made\n' });
    const next = await site.deploy();
    expect(next.code, next.output).toBe(0);
    expect((await onHosts(site.hosts, `cat ${site.deployTo}/current/made`))[0]).toBe('ok\n');
  });

  test.for(['SIGINT', 'SIGTERM'] as const)(
    '%s without a terminal leaves: exit 5, the instance in flight finishes, the next deploy takes over and says so',
    async (signal, { expect }) => {
      const app = `left-${signal.toLowerCase()}`;
      const host = signal === 'SIGINT' ? 'fra-2' : 'fra-3';
      await using site = await makeSite({ app, port: signal === 'SIGINT' ? 6260 : 6270, hosts: { [host]: 2 } });
      const old = await site.release();
      await site.project.commit();
      const running = site.start('deploy', STAGE, '--yes', '--json');
      await running.until((line) => line.type === 'instance.state' && line.state === 'verifying');
      running.kill(signal);
      const left = await running.finished;
      expect(left.code, left.output).toBe(5);
      expect(left.lines('result')[0]?.message).toContain('Left');
      await expect.poll(async () => (await site.facts(host)).busy, { timeout: 10_000 }).toEqual([]);
      expect(await site.serving()).toEqual({ [`bot.1@${host}`]: releaseOf(left), [`bot.2@${host}`]: old });

      const next = await site.deploy();
      expect(next.code, next.output).toBe(0);
      const [found] = next.lines('lock.takenOver');
      expect(found?.found).toContain(`deploy ${releaseOf(left)}`);
      expect(await site.serving()).toEqual(site.all(releaseOf(next)));
      const history = await site.slipway('history', STAGE);
      expect(history.stdout).toMatch(/takeover .*superseded/);
    },
  );
});
