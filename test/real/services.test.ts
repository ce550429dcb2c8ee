import { describe, expect, test } from 'vitest';
import { onHosts } from './support/facts.ts';
import { makeSite, QUICK, releaseOf, type Site } from './support/site.ts';

/** Every kind of service: two good releases, then one that has to go back. */
describe.concurrent('an instance', () => {
  async function deployTwice(site: Site): Promise<string> {
    const first = await site.release();
    const second = await site.release();
    expect(second).not.toBe(first);
    return second;
  }

  test('run by commands of its own is stopped, started, proven and brought back by them', async ({ expect }) => {
    await using site = await makeSite({
      app: 'command',
      port: 6440,
      hosts: { 'fra-1': 2 },
      role: {
        service: { start: 'sh ctl.sh start', stop: 'sh ctl.sh stop', status: 'sh ctl.sh status', pidFile: 'bot.pid' },
        health: QUICK,
      },
    });
    const second = await deployTwice(site);
    expect(await site.serving()).toEqual(site.all(second));
    await site.project.commit({ health: 'fail' });
    const failed = await site.deploy();
    expect(failed.code, failed.output).toBe(4);
    expect(await site.serving()).toEqual(site.all(second));
    const [count] = await onHosts(site.hosts, `pgrep -cf '${site.deployTo}/releases/.*/[s]erver.js'`);
    expect(count).toBe('2\n');
  });

  test('of files only is a switched link, and goes back when the command for its health says so', async ({
    expect,
  }) => {
    await using site = await makeSite({
      app: 'files',
      port: 6450,
      hosts: { 'fra-2': 1 },
      role: { health: { ...QUICK, http: undefined, command: 'sh check.sh', healthyDeadline: '3s' } },
    });
    await site.project.commit({}, { 'check.sh': 'exit 0\n' });
    const second = await deployTwice(site);
    await site.project.commit({}, { 'check.sh': 'exit 1\n' });
    const failed = await site.deploy();
    expect(failed.code, failed.output).toBe(4);
    const facts = await site.facts('fra-2');
    expect(facts.current).toEqual({ 'bot.1': second });
    expect(facts.convenience).toBe(second);
    expect(facts.ledger[releaseOf(failed)]).toBe('failed');
  });

  test("of the user's own systemd needs no root for anything", async ({ expect }) => {
    const app = 'ofuser';
    await using site = await makeSite({
      app,
      port: 6460,
      hosts: { 'fra-3': 1 },
      role: { service: { systemd: `${app}-{stage}@{instance}`, scope: 'user' }, health: QUICK },
    });
    const asUser = 'runuser -u deploy -- env XDG_RUNTIME_DIR=/run/user/1000';
    const units = '/home/deploy/.config/systemd/user';
    await onHosts(
      site.hosts,
      `install -d -o deploy ${units} && sed -e '/^User=/d' -e 's/multi-user/default/' -e '/^After=/d' \
        /etc/systemd/system/${app}-staging@.service >${units}/${app}-staging@.service &&
        rm /etc/systemd/system/${app}-staging@.service && systemctl daemon-reload && mv /etc/sudoers.d/deploy /root/ &&
        ${asUser} systemctl --user daemon-reload`,
    );
    try {
      const second = await deployTwice(site);
      expect(await site.serving()).toEqual(site.all(second));
      await site.project.commit({ crash: true });
      const failed = await site.deploy();
      expect(failed.code, failed.output).toBe(4);
      expect(await site.serving()).toEqual(site.all(second));
      expect(
        failed
          .lines('instance.evidence')
          .flatMap(({ lines }) => lines)
          .join('\n'),
      ).toContain('told to crash');
    } finally {
      await onHosts(
        site.hosts,
        `mv /root/deploy /etc/sudoers.d/; ${asUser} systemctl --user disable --now ${app}-staging@1; rm ${units}/${app}-staging@.service`,
      );
    }
  });
});
