import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { RolloutEvent } from '../../src/rollout/events.ts';
import { find } from '../host/shells.ts';
import { startSite, type Ran, type Site } from './support/site.ts';

const events = ({ stdout }: Ran) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RolloutEvent);

/** What was sent to each host at most, per attempt. */
const totals = (ran: Ran, host: string) =>
  events(ran).flatMap((event) =>
    event.type === 'sync.progress' && event.host === host && event.sent === 0 ? [event.total] : [],
  );

const warnings = (ran: Ran) => events(ran).flatMap((event) => (event.type === 'warning' ? [event.message] : []));

/** Text that says something new in every line. */
const lines = (word: string) => Array.from({ length: 4000 }, (_, n) => `${word} ${(n * 7919) % 10007}`).join('\n');

const deploy = (site: Site, ...more: readonly string[]) => site.run('deploy', 'staging', '--yes', '--json', ...more);

test.skipIf(find('zstd') === undefined)(
  'a redeploy sends what changed against what it was, from the cache',
  async () => {
    await using site = await startSite();
    await site.commit(lines('value'));
    expect((await deploy(site)).code).toBe(0);
    const next = `${lines('value')}\none more line`;
    await site.commit(next);
    const ran = await deploy(site);
    expect(ran.code).toBe(0);
    expect(site.read(0, 'current/text')).toBe(next);
    const [bytes = 0] = totals(ran, 'one');
    expect(bytes).toBeLessThan(gzipSync(next).length / 2);
  },
);

test('a base that was edited by hand is told, and the release is right all the same', async () => {
  await using site = await startSite();
  await writeFile(join(site.folder, 'hosts.json'), await sourceWithFolder(site));
  expect((await deploy(site)).code).toBe(0);
  site.read(0, 'current/kept');
  await writeFile(join(site.fleet.hosts[0]!.home, 'app-staging/current/kept'), 'edited by hand');
  await writeFile(join(site.folder, 'built/text'), 'two');
  const ran = await deploy(site);
  expect(ran.code).toBe(0);
  expect(warnings(ran).join()).toContain('1 file of');
  expect([site.read(0, 'current/kept'), site.read(1, 'current/kept'), site.read(0, 'current/text')]).toEqual([
    'as it was',
    'as it was',
    'two',
  ]);
  expect(totals(ran, 'one').length).toBe(totals(ran, 'two').length + 1);
});

test('an upload whose connection is lost is taken up again in the same run, and sends clearly less', async () => {
  await using site = await startSite();
  await writeFile(join(site.folder, 'hosts.json'), await sourceWithFolder(site));
  for (let n = 0; n < 60; n += 1) await writeFile(join(site.folder, `built/${n}.bin`), randomBytes(100_000));
  const running = deploy(site, '--bwlimit', '4M');
  const incoming = join(site.fleet.hosts[0]!.home, 'app-staging/.slipway/incoming');
  await until(() => readdirSync(incoming, { recursive: true }).length > 25);
  site.fleet.hosts[0]!.cut();
  const ran = await running;
  expect(ran.code).toBe(0);
  expect(events(ran).some((event) => event.type === 'host.lost')).toBe(true);
  const [first = 0, second = 0] = totals(ran, 'one');
  expect(first).toBeGreaterThan(6_000_000);
  expect(second).toBeLessThan(0.75 * first);
  expect(totals(ran, 'two')).toHaveLength(1);
  expect(site.read(0, 'current/59.bin').length).toBe(site.read(1, 'current/59.bin').length);
});

/** hosts.json with a built folder as its source. */
async function sourceWithFolder({ folder, fleet }: Site): Promise<string> {
  const { mkdir } = await import('node:fs/promises');
  await mkdir(join(folder, 'built'));
  await writeFile(join(folder, 'built/kept'), 'as it was');
  await writeFile(join(folder, 'built/text'), 'one');
  const hosts = fleet.hosts.map(({ name, home }) => ({
    ...{ name, address: name, deployTo: `${home}/app-staging`, roles: { web: 1 } },
  }));
  return JSON.stringify({
    app: 'app',
    source: { dir: 'built' },
    roles: { web: { health: { minHealthyTime: '0s' } } },
    stages: { staging: { hosts } },
  });
}

async function until(isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + 20_000; ;) {
    try {
      if (isSo()) return;
    } catch {
      // the folder is not there yet
    }
    if (Date.now() > end) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
