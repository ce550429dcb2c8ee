import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fingerprint } from './support/facts.ts';
import { makeSite, QUICK, type Site } from './support/site.ts';

describe('staging and production on one host', () => {
  let site: Site;
  const role = { service: { systemd: 'beside-{stage}@{instance}' }, health: QUICK };

  beforeAll(async () => {
    site = await makeSite({
      app: 'beside',
      port: 6360,
      hosts: { 'fra-1': 1 },
      stages: ['staging', 'production'],
      role,
    });
  });

  afterAll(() => site[Symbol.asyncDispose]());

  test('never touch each other: a deploy or a rollback of one changes no file, link or process of the other', async () => {
    const host = site.hosts[0]!;
    const production = async () => {
      const pid = await host.exec('systemctl show -p MainPID,InvocationID beside-production@1');
      return [await fingerprint(host, '/srv/beside-production'), pid.stdout];
    };
    const first = await site.release();
    const other = await site.slipway('deploy', 'production', '--yes');
    expect(other.code, other.output).toBe(0);
    const before = await production();
    const second = await site.release();
    await site.project.commit({ crash: true });
    const failed = await site.deploy();
    expect(failed.code, failed.output).toBe(4);
    expect(await site.serving()).toEqual(site.all(second));
    const back = await site.rollback();
    expect(back.code, back.output).toBe(0);
    expect(await site.serving()).toEqual(site.all(first));
    expect(await production()).toEqual(before);
  });

  test('that would share a folder, a unit or a port are refused as a mistake in hosts.json, with the mend', async () => {
    await site.configure({
      config: { deployTo: '/srv/beside' },
      role: { ...role, service: { systemd: 'beside@{instance}' } },
    });
    const refused = await site.deploy();
    expect(refused.code, refused.output).toBe(2);
    expect(refused.output).toContain('put {stage} into \\"deployTo\\"');
    expect(refused.output).toContain('Put {stage} into \\"systemd\\"');
  });
});
