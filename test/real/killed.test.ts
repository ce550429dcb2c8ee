import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { atWork, expectCompleteReleases } from './support/releases.ts';
import { type Finished } from './support/slipway.ts';
import { makeSite, QUICK, releaseOf, type Site, STAGE } from './support/site.ts';
import { isSoak } from '../support/soak.ts';

const MOMENTS = isSoak ? 10 : 2;

test(
  `slipway killed at ${MOMENTS} random moments: every instance serves one complete release, the next deploy works and says what it found`,
  { timeout: MOMENTS * 40_000 },
  async () => {
    await using site = await makeSite({
      app: 'killed',
      port: 6300,
      hosts: { 'fra-1': 1, 'fra-2': 1 },
      role: { service: { systemd: 'killed-{stage}@{instance}' }, health: QUICK },
    });
    await site.project.commit();
    const whole = await site.deploy();
    expect(whole.code, whole.output).toBe(0);
    for (const at of moments(MOMENTS)) {
      const ms = Math.round(at * whole.ms);
      const { found, next } = await killAfter(site, ms);
      expect(next.code, `killed after ${ms} ms\n${next.output}`).toBe(0);
      const told = next.lines('lock.takenOver').map(({ host }) => host);
      expect(told.toSorted(), `killed after ${ms} ms\n${next.output}`).toEqual(found);
    }
  },
);

/** Starts a deploy of a new release, kills it, looks at what it left, and deploys again. */
async function killAfter(site: Site, ms: number): Promise<{ found: readonly string[]; next: Finished }> {
  await site.project.commit();
  const running = site.start('deploy', STAGE, '--yes', '--json');
  await pause(ms);
  running.kill('SIGKILL');
  const killed = await running.finished;
  await expect.poll(() => atWork(site), { timeout: 20_000 }).toEqual([]);
  await expectCompleteReleases(site, `killed after ${ms} ms\n${killed.output}`);
  const locked = await Promise.all(site.hosts.map(async ({ name }) => ({ name, ...(await site.facts(name)) })));
  await site.project.commit();
  const next = await site.deploy();
  expect(await site.serving()).toEqual(site.all(releaseOf(next)));
  return { found: locked.flatMap(({ name, lock }) => (lock === undefined ? [] : [name])), next };
}

/** Shares of a deploy's duration: random, but the same in every run. */
function moments(count: number): readonly number[] {
  let state = 20261121;
  const next = () => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  // one in each stretch, so that few moments still see the whole of it
  return Array.from({ length: count }, (_, index) => (index + next()) / count);
}
