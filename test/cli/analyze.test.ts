import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HEALTHY } from '../analysis/support/samples.ts';
import { canaryPlan, play } from '../rollout/support/canary.ts';
import { fakeStage } from '../rollout/support/fake-stage.ts';
import { type Site, startSite } from './support/site.ts';

let site: Site;
beforeAll(async () => {
  // nobody minds requests that take long
  site = await startSite({ rollout: { analysis: { dryRun: ['latency'] } } });
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
});

/** Leaves the journal of a rollout whose canary was slow on a host. */
async function leaveJournal(rollout: string): Promise<void> {
  await using stage = await fakeStage({ clock: 'exact' });
  const { release } = await stage.deploy('one');
  play(stage, { nature: { ...HEALTHY, latency: 2.2 * HEALTHY.latency }, seed: 1, old: [release] });
  const { events } = await stage.deploy('two', { change: canaryPlan() });
  const lines = await stage.host('h1').events(events[0]!.rollout);
  const folder = join(site.fleet.hosts[1]!.home, 'app-staging/.slipway/rollouts', rollout);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'events.ndjson'), lines.map((line) => `${line}\n`).join(''));
}

describe('slipway analyze', () => {
  it('says what is missing where no rollout has watched a canary', async () => {
    const none = await site.run('analyze', 'staging');
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('No rollout of staging')]);
    const other = await site.run('analyze', 'staging', '--rollout', '20261121T114205Z-1f0755');
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('has watched no canary')]);
    const bad = await site.run('analyze', 'staging', '--rollout', '../../etc');
    expect([bad.code, bad.stderr]).toEqual([2, expect.stringContaining('no id of a rollout')]);
  });

  it('judges the newest by the thresholds of today, beside what was said then', async () => {
    await leaveJournal('20261121T114205Z-1f0755');
    const { code, stdout } = await site.run('analyze', 'staging');
    expect(code).toBe(0);
    const [then, now] = stdout.split('by the thresholds of today');
    expect(then).toContain('20261121T114205Z-1f0755: ');
    expect(then).toContain('bot: Failed: latency: it takes longer than any of the others');
    expect(now).not.toContain('Failed');
    expect(now).toMatch(/latency +fail/);
    const told = await site.run('analyze', 'staging', '--rollout', '20261121T114205Z-1f0755', '--json');
    const { analyses } = JSON.parse(told.stdout) as { analyses: { then: object[]; now: object[] }[] };
    expect(analyses).toMatchObject([{ then: [{ look: { verdict: 'Failed' } }], now: [{ role: 'bot' }] }]);
  });
});
