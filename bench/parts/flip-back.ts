import { spawn } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { RolloutEvent } from '../../src/rollout/events.ts';
import { type HaProxies, startHaProxies } from '../../test/hosts/haproxy.ts';
import { freshFolder } from '../contenders/contender.ts';
import { STAGE } from '../contenders/project.ts';
import { sshTrue } from '../contenders/rsync.ts';
import { atRest } from '../measuring/at-rest.ts';
import { run, type Site } from '../site.ts';

/** One way back from a slot whose other one is warm, in ms. */
export interface Flip {
  /** `ssh HOST true` on all hosts at once, just before. */
  readonly sshMs: number;
  /** From the start of `slipway rollback` until the last proxy has switched. */
  readonly switchedMs: number;
  /** Until it ended, the slot that was left retired. */
  readonly endedMs: number;
}

const NAME = 'bench-slots';
const FOLDER = `/srv/${NAME}`;
const [FRONT, BLUE, GREEN] = [5890, 5891, 5895];
const greeter = join(import.meta.dirname, '../../examples/greeter');

/** Traffic to a new release and back again, through an HAProxy on each host. */
export async function measureFlips(site: Site, bundle: string, rounds: number): Promise<readonly Flip[]> {
  const servers = { 'bot.blue.1': BLUE, 'bot.green.1': GREEN };
  await using proxies = await startHaProxies(site.hosts, { name: NAME, port: FRONT, servers });
  await using project = await makeSlots(site, bundle, proxies);
  await project.deploy('0s');
  const flips: Flip[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await project.leaveWarm();
    await atRest(site);
    const began = performance.now();
    await sshTrue(site);
    const sshMs = performance.now() - began;
    flips.push({ sshMs, ...(await project.rollback()) });
  }
  return flips;
}

interface Slots extends AsyncDisposable {
  deploy(keepWarm: string): Promise<void>;
  /** Deploys, and leaves when the traffic is switched and the slot before is warm. */
  leaveWarm(): Promise<void>;
  rollback(): Promise<Omit<Flip, 'sshMs'>>;
}

async function makeSlots(site: Site, bundle: string, proxies: HaProxies): Promise<Slots> {
  const folder = join(site.folder, NAME);
  const app = join(folder, 'app');
  const env = { ...process.env, SLIPWAY_SSH_CONFIG: site.sshConfigFile, SLIPWAY_CACHE_DIR: join(folder, 'cache') };
  const words = (...rest: readonly string[]) => [process.execPath, bundle, ...rest, STAGE, '--yes', '--json'];
  await mkdir(folder);
  await cp(greeter, app, { recursive: true });
  await freshFolder(site.hosts, FOLDER);
  const unit = await readFile(join(greeter, 'greeter@.service'), 'utf8');
  const file = `/etc/systemd/system/${NAME}@.service`;
  await Promise.all(site.hosts.map((host) => host.writeFile(file, unit.replaceAll('/srv/greeter-staging', FOLDER))));
  await onAll(site, 'systemctl daemon-reload');
  let count = 0;
  const write = async (keepWarm: string) => {
    count += 1;
    await writeFile(join(app, 'number'), String(count));
    await writeFile(join(folder, 'hosts.json'), JSON.stringify(configOf(site, proxies, keepWarm)));
  };
  const deploy = async (keepWarm: string) => {
    await write(keepWarm);
    await run(site, words('deploy'), { cwd: folder, env });
  };
  return {
    deploy,
    leaveWarm: async () => {
      await write('10m');
      const [program = '', ...args] = words('deploy');
      const child = spawn(program, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
      for await (const line of createInterface(child.stdout)) {
        if (line.includes('"title":"keep ')) child.kill('SIGKILL');
      }
    },
    rollback: async () => {
      const began = Date.now();
      const output = await run(site, words('rollback'), { cwd: folder, env });
      const lines = output.split('\n').filter((line) => line.includes('"traffic.switched"'));
      const switched = lines.map((line) => (JSON.parse(line) as RolloutEvent).t);
      if (switched.length !== site.hosts.length)
        throw new Error(`The traffic was not switched:\n${output.slice(-2000)}`);
      return { switchedMs: Math.max(...switched) - began, endedMs: Date.now() - began };
    },
    [Symbol.asyncDispose]: () =>
      onAll(site, `systemctl stop '${NAME}@*'; rm -rf ${FOLDER} ${file}; systemctl daemon-reload`),
  };
}

function configOf({ hosts }: Site, { socket, backend }: HaProxies, keepWarm: string): unknown {
  return {
    app: NAME,
    deployTo: FOLDER,
    source: { dir: 'app' },
    roles: {
      bot: {
        service: { systemd: `${NAME}@{instance}` },
        health: { http: 'http://127.0.0.1:{port}/healthz', interval: '100ms', minHealthyTime: '1s' },
        slots: { blue: BLUE, green: GREEN },
        traffic: { haproxy: socket, backend },
      },
    },
    rollout: { strategy: 'blue-green', approve: 'auto', bake: '0s', keepWarm },
    stages: {
      [STAGE]: { hosts: hosts.map(({ name, user }) => ({ name, address: `${user}@${name}`, roles: { bot: 1 } })) },
    },
  };
}

async function onAll({ hosts }: Site, script: string): Promise<void> {
  await Promise.all(hosts.map((host) => host.exec(script)));
}
