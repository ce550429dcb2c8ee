import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { attachHosts } from '../hosts/hosts.ts';
import { expectCompleteReleases } from './support/releases.ts';
import { isSoak } from '../support/soak.ts';
import { HEALTH, makeSite, releaseOf, STAGE } from './support/site.ts';

describe.concurrent('when a host', () => {
  test('cannot be reached for some seconds while it is updated, the rollout goes on as if nothing had been', async ({
    expect,
  }) => {
    await using site = await makeSite({ app: 'cut', port: 6520, hosts: { 'fra-1': 1, 'fra-2': 1 } });
    await site.release();
    await site.project.commit();
    const host = attachHosts().host('fra-1');
    const running = site.start('deploy', STAGE, '--yes', '--json');
    await running.until(
      (line) => line.type === 'instance.state' && line.instance === 'bot.1@fra-1' && line.state === 'verifying',
    );
    await host.cut();
    await pause(5000);
    await host.heal();
    const run = await running.finished;
    expect(run.code, run.output).toBe(0);
    expect(await site.serving()).toEqual(site.all(releaseOf(run)));
  });

  test('loses its power while it is updated, the rollout ends with 5 and says so; back on, it runs one complete release', async ({
    expect,
  }) => {
    await using site = await makeSite({
      app: 'power',
      port: 6530,
      hosts: { 'fra-3': 1, 'fra-4': 1 },
      role: {
        service: { systemd: 'power-{stage}@{instance}' },
        health: { ...HEALTH, minHealthyTime: '2s', healthyDeadline: '4s' },
      },
      config: { rollout: { progressDeadline: '5s' } },
    });
    const old = await site.release();
    await site.project.commit();
    const host = attachHosts().host('fra-3');
    const running = site.start('deploy', STAGE, '--yes', '--json');
    await running.until((line) => line.type === 'probe.sample' && line.instance === 'bot.1@fra-3');
    await host.powerOff();
    try {
      const run = await running.finished;
      expect(run.code, run.output).toBe(5);
      // its deadline, and what is said to a host at the end, but not the minute until its silence counts as death
      expect(run.ms, run.output).toBeLessThan(45_000);
      expect(run.lines('result')[0]?.message).toContain('bot.1@fra-3');
      expect((await site.facts('fra-4')).current).toEqual({ 'bot.1': old });
    } finally {
      await host.powerOn();
    }
    await expect.poll(async () => (await site.serving())['bot.1@fra-3'], { timeout: 15_000 }).toBeDefined();
    await expectCompleteReleases(site, 'after the power loss');
    const back = await site.rollback();
    expect(back.code, back.output).toBe(0);
    expect(await site.serving()).toEqual(site.all(old));
  });
});

if (isSoak) {
  test(
    'when a host stays silent for minutes, the rollout pauses as unreachable with 5, its update finishes alone, the next deploy takes over',
    { timeout: 10 * 60_000 },
    async () => {
      await using site = await makeSite({ app: 'silent', port: 6535, hosts: { 'fra-2': 1, 'fra-5': 1 } });
      await site.release();
      await site.project.commit();
      const host = attachHosts().host('fra-2');
      const running = site.start('deploy', STAGE, '--yes', '--json');
      await running.until((line) => line.type === 'probe.sample' && line.instance === 'bot.1@fra-2');
      await host.cut();
      const run = await running.finished.finally(() => host.heal());
      expect(run.code, run.output).toBe(5);
      expect(run.lines('rollout.paused')[0]?.reasons).toEqual(['hostUnreachable']);
      await expectCompleteReleases(site, run.output);
      expect((await site.serving())['bot.1@fra-2']).toBe(releaseOf(run));
      const back = await site.rollback();
      expect(back.code, back.output).toBe(0);
    },
  );
}
