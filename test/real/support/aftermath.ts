import { expect, vi } from 'vitest';
import { atWork, expectCompleteReleases } from './releases.ts';
import { type Finished } from './slipway.ts';
import { type Site, STAGE } from './site.ts';

/** The ways out of a rollout that nobody runs any more. */
export type Way = 'continue' | 'rollback';

/** Until no update is at work that was left alone, and every instance serves the complete release that its link names. */
export async function settle(site: Site, when: string): Promise<void> {
  await vi.waitFor(async () => expect(await atWork(site), when).toEqual([]), { timeout: 30_000, interval: 200 });
  const down = async () => Object.entries(await site.serving()).filter(([, release]) => release === undefined);
  await vi.waitFor(async () => expect(await down(), when).toEqual([]), { timeout: 15_000, interval: 200 });
  await expectCompleteReleases(site, when);
}

/** Hosts on which somebody holds the stage. */
export async function lockedHosts(site: Site): Promise<readonly string[]> {
  const facts = await Promise.all(site.hosts.map(async ({ name }) => ({ name, ...(await site.facts(name)) })));
  return facts.flatMap(({ name, lock }) => (lock === undefined ? [] : [name]));
}

export function resume(site: Site, way: Way): Promise<Finished> {
  return site.slipway('resume', STAGE, `--${way}`, '--yes', '--json');
}

/** Every instance serves this release, whole, and the stage is free. */
export async function expectWhole(site: Site, release: string, when: string): Promise<void> {
  await settle(site, when);
  expect(await site.serving(), when).toEqual(site.all(release));
  expect(await lockedHosts(site), when).toEqual([]);
}
