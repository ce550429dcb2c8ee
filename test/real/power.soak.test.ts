import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { attachHosts } from '../hosts/hosts.ts';
import { expectWhole, lockedHosts, resume, settle, type Way } from './support/aftermath.ts';
import { on, type Point, state } from './support/fault-points.ts';
import { makeSite, QUICK, releaseOf, type Site, STAGE } from './support/site.ts';

/** What was going on on the host whose power went, and what slipway itself ends with. */
const MOMENTS: readonly (Point & { readonly way: Way })[] = [
  { at: 'while it receives', is: on('sync.progress', ({ host }) => host === 'fra-1'), way: 'continue' },
  { at: 'while it runs a release hook', is: on('hook.started'), way: 'rollback' },
  { at: 'right after its switch', is: state('switched'), way: 'continue' },
  { at: 'while it waits for health', is: on('probe.sample'), way: 'rollback' },
  { at: 'while it is watched', is: on('bake.started'), way: 'continue' },
];

/** A host that gives up on others within seconds, and is first in everything. */
function powerSite(index: number): Promise<Site> {
  const app = `power-${index}`;
  return makeSite({
    app,
    port: 6600 + 10 * index,
    hosts: { 'fra-1': 1, 'fra-2': 1 },
    role: {
      service: { systemd: `${app}-{stage}@{instance}` },
      health: { ...QUICK, minHealthyTime: '1s', healthyDeadline: '7s' },
    },
    config: { rollout: { bake: '2s', bwlimit: '2M', progressDeadline: '8s' }, hooks: { release: ['sleep 1'] } },
  });
}

/** From here on it is the same for all: whatever stands is whole, and is gone on with, or back from, without a hand. */
async function recover(site: Site, old: string, { release, way, when }: { release: string; way: Way; when: string }) {
  await settle(site, when);
  const held = await lockedHosts(site);
  if (held.length > 0) {
    const resumed = await resume(site, way);
    expect(resumed.code, `${when}\n${resumed.output}`).toBe(0);
    await expectWhole(site, way === 'continue' ? release : old, `${when}\n${resumed.output}`);
  }
  await expectWhole(site, await site.release(), `${when}, then a deploy`);
}

describe('a host that loses its power', () => {
  test.each(MOMENTS.map((moment, index) => ({ ...moment, index })))(
    '$at: $way',
    { timeout: 5 * 60_000 },
    async (moment) => {
      await using site = await powerSite(moment.index);
      const old = await site.release();
      await site.project.commit({}, { blob: 'x'.repeat(200_000) });
      const host = attachHosts().host('fra-1');
      const running = site.start('deploy', STAGE, '--yes', '--json');
      await running.until(moment.is);
      await host.powerOff();
      const run = await running.finished.finally(() => host.powerOn());
      const when = `power lost ${moment.at}\n${run.output}`;
      expect([3, 5], when).toContain(run.code);
      await recover(site, old, { release: releaseOf(run), way: moment.way, when });
    },
  );

  test('together with the laptop, is gone on with once both are back', { timeout: 5 * 60_000 }, async () => {
    await using site = await powerSite(5);
    const old = await site.release();
    await site.project.commit();
    const host = attachHosts().host('fra-1');
    const running = site.start('deploy', STAGE, '--yes', '--json');
    await running.until(state('starting'));
    await host.powerOff();
    running.kill('SIGKILL');
    const run = await running.finished.finally(() => host.powerOn());
    await recover(site, old, { release: releaseOf(run), way: 'continue', when: run.output });
  });
});

describe('a partition of 30 s', () => {
  test.each([
    { at: 'in the middle of an update', is: on('probe.sample'), way: 'continue' },
    { at: 'between two batches', is: on('bake.started'), way: 'rollback' },
  ] as const)('$at leaves nothing that resuming cannot mend', { timeout: 5 * 60_000 }, async ({ at, is, way }) => {
    await using site = await powerSite(6);
    const old = await site.release();
    await site.project.commit();
    const host = attachHosts().host('fra-1');
    const running = site.start('deploy', STAGE, '--yes', '--json');
    await running.until(is);
    await host.cut();
    await pause(30_000);
    await host.heal();
    const run = await running.finished;
    const when = `partition ${at}\n${run.output}`;
    expect([0, 4, 5], when).toContain(run.code);
    await recover(site, old, { release: releaseOf(run), way, when });
  });
});
