import { expect, test } from 'vitest';
import { makeSite, QUICK, releaseOf, STAGE } from './support/site.ts';

test('onFailure pause without a terminal exits 5 and keeps the lock; a deploy is refused with 6, a rollback takes it and brings all back', async () => {
  await using site = await makeSite({
    app: 'paused',
    port: 6370,
    hosts: { 'fra-1': 1, 'fra-2': 1 },
    role: {
      service: { systemd: 'paused-{stage}@{instance}' },
      health: { ...QUICK, http: undefined, command: 'sh check.sh {host}', healthyDeadline: '3s' },
    },
    config: { rollout: { onFailure: 'pause' } },
  });
  const { project } = site;
  await project.commit({}, { 'check.sh': 'exit 0\n' });
  const good = await site.deploy();
  expect(good.code, good.output).toBe(0);

  // bad on the second host only, so one instance stays changed
  await project.commit({}, { 'check.sh': '[ "$1" != fra-2 ]\n' });
  const paused = await site.deploy();
  expect(paused.code, paused.output).toBe(5);
  expect(paused.lines('result')[0]?.message).toMatch(/^Paused: .*bot\.1@fra-2.* The lock is kept\.$/);
  expect(await site.serving()).toEqual({ 'bot.1@fra-1': releaseOf(paused), 'bot.1@fra-2': releaseOf(good) });
  for (const { name } of site.hosts) expect((await site.facts(name)).lock).toContain('"state":"paused"');

  await project.commit({}, { 'check.sh': 'exit 0\n' });
  const refused = await site.deploy();
  expect(refused.code, refused.output).toBe(6);
  expect(refused.lines('result')[0]?.message).toContain('paused');

  const back = await site.rollback();
  expect(back.code, back.output).toBe(0);
  expect(await site.serving()).toEqual(site.all(releaseOf(good)));
  for (const { name } of site.hosts) expect((await site.facts(name)).lock).toBeUndefined();
  const status = await site.slipway('status', STAGE);
  expect(status.stdout).not.toContain('locked');
});
