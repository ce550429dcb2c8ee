import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fingerprint, onHosts } from './support/facts.ts';
import { makeSite, QUICK, releaseOf, type Site } from './support/site.ts';

/** mean-1: no right that was not granted, no lingering, no journal, KillUserProcesses, dash and busybox. One story. */
describe('a host with as few rights and tools as slipway works with', () => {
  let site: Site;
  let told = '';

  beforeAll(async () => {
    site = await makeSite({
      app: 'rights',
      port: 6400,
      hosts: { 'mean-1': 2 },
      role: { service: { systemd: 'rights-{stage}@{instance}' }, health: QUICK },
    });
    await forgetRights();
  });

  afterAll(async () => {
    await forgetRights();
    await site[Symbol.asyncDispose]();
  });

  async function forgetRights() {
    const sudoers = 'echo "# Nothing granted yet." >/etc/sudoers.d/deploy';
    await onHosts(site.hosts, `${sudoers}; loginctl disable-linger deploy; gpasswd -d deploy systemd-journal; true`);
  }

  test('names every missing right with its mend before anything is changed', async () => {
    const host = site.hosts[0]!;
    await site.project.commit();
    const before = await fingerprint(host, site.deployTo);
    const refused = await site.deploy();
    expect(refused.code, refused.output).toBe(3);
    told = refused.lines('error')[0]!.detail.join('\n');
    for (const instance of [1, 2]) {
      expect(told).toContain(`deploy ALL=(root) NOPASSWD: /usr/bin/systemctl restart rights-staging@${instance}`);
      expect(told).toContain(`deploy ALL=(root) NOPASSWD: /usr/bin/systemctl stop rights-staging@${instance}`);
      expect(told).toContain(`no right to read the journal of rights-staging@${instance}`);
    }
    expect(told).toContain('loginctl enable-linger deploy');
    expect(await fingerprint(host, site.deployTo)).toBe(before);
  });

  test('works once exactly the printed lines have been applied', async () => {
    await applyAsRoot(told);
    const run = await site.deploy();
    expect(run.code, run.output).toBe(0);
    expect(await site.serving()).toEqual(site.all(releaseOf(run)));
    expect(run.lines('rollout.planned')[0]!.plan.warnings).toEqual([]);
  });

  test('goes back by itself from a failing release, and shows its last words from the journal', async () => {
    const old = (await site.facts('mean-1')).current['bot.1']!;
    await site.project.commit({ crash: true });
    const failed = await site.deploy();
    expect(failed.code, failed.output).toBe(4);
    expect(await site.serving()).toEqual(site.all(old));
    expect(
      failed
        .lines('instance.evidence')
        .flatMap(({ lines }) => lines)
        .join('\n'),
    ).toContain('told to crash');
  });

  test('lets an instance be retired, or says which right that lacks', async () => {
    await site.configure({ hosts: { 'mean-1': 1 } });
    await site.project.commit();
    const run = await site.deploy();
    expect(run.code, run.output).toBe(0);
    const active = await site.hosts[0]!.exec('systemctl is-active rights-staging@2');
    expect(active.stdout.trim()).toBe('inactive');
    expect(Object.keys((await site.facts('mean-1')).current)).toEqual(['bot.1']);
  });

  /** What a person does who reads the mends: sudoers lines go into sudoers, commands are run. */
  async function applyAsRoot(text: string) {
    const lines = text.split('\n').map((line) => line.trim());
    const sudoers = lines.flatMap((line) => /(deploy ALL=.*)$/.exec(line)?.[1] ?? []);
    // of two ways, the narrower one
    const commands = lines.flatMap((line) => /^As root on the host: ([^;]+)$/.exec(line)?.[1] ?? []);
    await site.hosts[0]!.writeFile('/etc/sudoers.d/deploy', `${sudoers.join('\n')}\n`, { mode: 0o440 });
    await onHosts(site.hosts, ['visudo -c -q', ...new Set(commands)].join(' && '));
  }
});
