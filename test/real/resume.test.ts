import { expect, test } from 'vitest';
import { makeSite, QUICK, releaseOf, STAGE } from './support/site.ts';

const WATCHED = { rollout: { bake: '1m' } };

test('what a killed slipway has left is done to its end from the hosts, and a migration that hangs stops before anything is switched', async () => {
  await using site = await makeSite({
    app: 'resume',
    port: 6390,
    hosts: { 'fra-4': 1, 'fra-5': 1 },
    role: { service: { systemd: 'resume-{stage}@{instance}' }, health: QUICK },
  });
  const old = await site.release();

  await site.configure({ config: WATCHED });
  await site.project.commit();
  const running = site.start('deploy', STAGE, '--yes', '--json');
  await running.until(({ type }) => type === 'bake.started');
  running.kill('SIGKILL');
  const killed = await running.finished;
  const next = releaseOf(killed);
  expect(await site.serving()).toEqual({ 'bot.1@fra-4': next, 'bot.1@fra-5': old });

  await site.configure({ config: {} });
  const resumed = await site.slipway('resume', STAGE, '--continue', '--yes', '--json');
  expect(resumed.code, resumed.output).toBe(0);
  expect(await site.serving()).toEqual(site.all(next));
  expect(resumed.lines('instance.state').some(({ instance }) => instance === 'bot.1@fra-4')).toBe(false);
  for (const { name } of site.hosts) expect((await site.facts(name)).lock).toBeUndefined();

  await site.configure({ config: { hooks: { release: ['echo migrating; sleep 600'], timeout: '2s' } } });
  await site.project.commit();
  const hung = await site.deploy();
  expect(hung.code, hung.output).toBe(3);
  expect(hung.output).toContain('was ended after 2 s');
  expect(await site.serving()).toEqual(site.all(next));
  for (const { name } of site.hosts) expect((await site.facts(name)).lock).toBeUndefined();
});
