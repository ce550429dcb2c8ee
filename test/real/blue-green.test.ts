import { expect, test } from 'vitest';
import { type HaProxies, startHaProxies } from '../hosts/haproxy.ts';
import type { Host } from '../hosts/hosts.ts';
import { onHosts } from './support/facts.ts';
import { startLoad } from './support/load.ts';
import { HEALTH, makeSite, releaseOf, type Site, STAGE } from './support/site.ts';

const APP = 'slots';
const [FRONT, BLUE, GREEN] = [5900, 5901, 5905];
const NAMES = ['fra-1', 'fra-2', 'fra-3', 'fra-4', 'fra-5'];
const PER_SECOND = 200;

function configOf(hosts: readonly Host[], { socket, backend }: HaProxies, rollout: object): Record<string, unknown> {
  return {
    roles: {
      bot: {
        service: { systemd: `${APP}-{stage}@{instance}` },
        // five hosts at once are slow to start where they share two cores
        health: { ...HEALTH, healthyDeadline: '30s' },
        slots: { blue: BLUE, green: GREEN },
        traffic: { haproxy: socket, backend },
      },
    },
    rollout: { strategy: 'blue-green', approve: 'auto', bake: '2s', keepWarm: '4s', ...rollout },
    stages: {
      [STAGE]: {
        hosts: hosts.map(({ name, address, user }) => ({ name, address: `${user}@${address}`, roles: { bot: 1 } })),
      },
    },
  };
}

/** The main process of each instance of a slot, a host each. */
function pids(site: Site, slot: string): Promise<readonly string[]> {
  return onHosts(site.hosts, `systemctl show -P MainPID ${APP}-${STAGE}@${slot}.1`);
}

test('clients of five hosts lose no request while slots switch, while one is fled from, and while it is retired', async () => {
  const counts = Object.fromEntries(NAMES.map((name) => [name, 1]));
  await using site = await makeSite({ app: APP, port: BLUE, hosts: counts });
  const { hosts } = site;
  const servers = { 'bot.blue.1': BLUE, 'bot.green.1': GREEN };
  await using proxies = await startHaProxies(hosts, { name: `${APP}-proxy`, port: FRONT, servers });
  const serving = (release: string) => Object.fromEntries(proxies.urls.map((url) => [url, release]));
  await site.configure({ config: configOf(hosts, proxies, {}) });

  const one = await site.release();
  await using load = startLoad(proxies.urls, PER_SECOND);
  await expect.poll(() => load.releases(), { timeout: 5000 }).toEqual(serving(one));

  // blue to green, and blue retired
  const two = await site.release();
  await expect.poll(() => load.releases(), { timeout: 5000 }).toEqual(serving(two));
  expect(await pids(site, 'blue')).toEqual(hosts.map(() => '0\n'));
  expect(load.failed).toEqual([]);

  // green to blue; while green is warm the controller dies, and somebody goes back
  await site.configure({ config: configOf(hosts, proxies, { bake: '0s', keepWarm: '10m' }) });
  const before = await pids(site, 'green');
  await site.project.commit();
  const third = site.start('deploy', STAGE, '--yes', '--json');
  await third.until((line) => line.type === 'rollout.step' && line.title.startsWith('keep'));
  third.kill('SIGKILL');
  const three = releaseOf(await third.finished);
  await expect.poll(() => load.releases(), { timeout: 5000 }).toEqual(serving(three));
  const back = await site.rollback();
  expect(back.code, back.output).toBe(0);
  await expect.poll(() => load.releases(), { timeout: 5000 }).toEqual(serving(two));
  expect(await pids(site, 'green')).toEqual(before);
  expect(load.failed).toEqual([]);

  // a new release is worse while it is watched: the rollout itself goes back
  await site.configure({ config: configOf(hosts, proxies, { bake: '30s' }) });
  await site.project.commit({ crashAfterMs: 5000 });
  const bad = await site.deploy();
  expect(bad.code, bad.output).toBe(4);
  expect(bad.lines('traffic.switched').map(({ to }) => to)).toContain('blue');
  await expect.poll(() => load.releases(), { timeout: 5000 }).toEqual(serving(two));
  expect(await pids(site, 'green')).toEqual(before);
  expect(load.count()).toBeGreaterThan(20 * PER_SECOND);
}, 180_000);
