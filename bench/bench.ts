import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bootHosts, canBootHosts } from '../test/hosts/hosts.ts';
import { makeApp } from './app.ts';
import { capistrano } from './capistrano.ts';
import { timed } from './command.ts';
import type { Contender } from './contender.ts';
import { median, type Samples } from './figures.ts';
import { installPeers, settle } from './machine.ts';
import { rsync, sshTrue } from './openssh.ts';
import { report } from './report.ts';
import type { Site } from './site.ts';
import { slipway } from './slipway.ts';

/**
 * Measures a redeploy of 10 MB with six changed files to five hosts 40 ms away, and says whether it keeps what is promised
 * of it: exit 0 when it does, 1 when not. `--quick`: fewer rounds. `--rounds N`: as many.
 */
const HOSTS = 5;
const RTT_MS = 40;
/** What the client writes is kept off the disk of the hosts, whose syncs would wait for it: elsewhere these are two machines. */
const MEMORY = '/dev/shm';

const { values } = parseArgs({ options: { quick: { type: 'boolean' }, rounds: { type: 'string' } } });
const rounds = Number(values.rounds ?? (values.quick ? 3 : 7));
const firsts = values.quick ? 1 : 3;
const root = join(import.meta.dirname, '..');

const say = (line = ''): void => void process.stdout.write(`${line}\n`);

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => interrupted.abort(new Error(`Interrupted by ${signal}.`)));
}

try {
  process.exitCode = await bench(interrupted.signal);
} catch (error) {
  const reason: unknown = interrupted.signal.aborted ? interrupted.signal.reason : error;
  process.stderr.write(`${reason instanceof Error ? reason.message : String(reason)}\n`);
  process.exitCode = interrupted.signal.aborted ? 130 : 2;
}

async function bench(signal: AbortSignal): Promise<number> {
  const refusal = canBootHosts();
  if (refusal !== undefined) throw new Error(refusal);
  const peers = await installPeers(say);
  await using places = await makePlaces(signal);
  const app = await makeApp(join(places.folder, 'app'), signal);
  say(`Booting ${HOSTS} hosts, ${RTT_MS} ms away`);
  await using hosts = await bootHosts({ count: HOSTS, rttMs: RTT_MS });
  const site: Site = { hosts, app, folder: places.folder, signal };
  const cold = await slipway(site, { bundle: places.bundle, cache: 'cold' });
  const warm = await slipway(site, { bundle: places.bundle, cache: 'warm' });
  await using cap = peers.has('cap') ? await capistrano(site) : undefined;
  const others = [peers.has('rsync') ? rsync(site) : undefined, cap].filter((one) => one !== undefined);
  const machine = await settle();
  const { ssh, samples } = await measure(site, [cold, warm, ...others]);
  const { lines, kept } = report({ site, machine, rttMs: RTT_MS, ssh, samples, cold, warm });
  lines.forEach(say);
  return kept ? 0 : 1;
}

interface Measured {
  /** The yardstick, ms: once before every deploy that is measured. */
  readonly ssh: readonly number[];
  readonly samples: readonly Samples[];
}

/** Everything is measured in turns, so that what disturbs the machine disturbs all alike. */
async function measure(site: Site, contenders: readonly Contender[]): Promise<Measured> {
  const ssh: number[] = [];
  const first = new Map<Contender, number[]>(contenders.map((one) => [one, []]));
  const redeploy = new Map<Contender, number[]>(contenders.map((one) => [one, []]));
  const round = async (into: Map<Contender, number[]>, prepare: (one: Contender) => Promise<void>) => {
    const commit = await site.app.commit();
    const turn = into.get(contenders[0]!)!.length % contenders.length;
    for (const one of [...contenders.slice(turn), ...contenders.slice(0, turn)]) {
      await prepare(one);
      // what the one before has written is not to be waited for by the next
      await timed(['sync'], { signal: site.signal });
      ssh.push(await sshTrue(site));
      into.get(one)!.push(await one.deploy(commit));
    }
    const took = contenders.map((one) => `${one.name} ${(into.get(one)!.at(-1)! / 1000).toFixed(2)} s`);
    process.stderr.write(
      `ssh true ${(median(ssh.slice(-contenders.length)) / 1000).toFixed(2)} s, ${took.join(', ')}\n`,
    );
  };
  await sshTrue(site);
  for (let count = 0; count < firsts; count += 1) await round(first, (one) => one.reset());
  for (let count = 0; count < rounds; count += 1) await round(redeploy, () => Promise.resolve());
  const samples = contenders.map((one) => ({
    name: one.name,
    first: first.get(one)!,
    redeploy: redeploy.get(one)!,
  }));
  return { ssh, samples };
}

interface Places extends AsyncDisposable {
  readonly folder: string;
  /** The built program: a copy, which a build in the meantime leaves alone. */
  readonly bundle: string;
}

async function makePlaces(signal: AbortSignal): Promise<Places> {
  await timed([process.execPath, 'scripts/build.ts'], { cwd: root, signal });
  // below node_modules, since the bundle looks for ssh2 above itself
  const copy = join(root, 'node_modules/.cache', `slipway-bench-${process.pid}`);
  const folder = await mkdtemp(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'slipway-bench-'));
  await mkdir(copy, { recursive: true });
  await cp(join(root, 'dist'), copy, { recursive: true });
  return {
    folder,
    bundle: join(copy, 'slipway.js'),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([folder, copy].map((path) => rm(path, { recursive: true, force: true })));
    },
  };
}
