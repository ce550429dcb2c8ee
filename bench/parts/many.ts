import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freshFolder } from '../contenders/contender.ts';
import { makeProject, type Project, STAGE } from '../contenders/project.ts';
import { type Sample, sample } from '../measuring/sample.ts';
import { atRest, tidied } from '../measuring/at-rest.ts';
import type { Site } from '../site.ts';
import type { EmbeddedHosts } from './embedded-hosts.ts';

export const [FEW, MANY] = [5, 50];

export interface ManyFindings {
  readonly few: Deploys;
  readonly many: Deploys;
}

export interface Deploys {
  readonly first: readonly Sample[];
  readonly small: readonly Sample[];
}

const program = join(import.meta.dirname, 'embedded-hosts.ts');

/** What it takes to deploy to fifty hosts, against five: processor time and memory of the client. */
export async function measureMany(site: Site, bundle: string, rounds: number): Promise<ManyFindings> {
  await using fleet = await startFleet(site);
  // no port of a bridge, and no journal: neither bytes nor logins are counted
  const apart = { ...site, hosts: [], sshConfigFile: fleet.configFile };
  const contestant = async (count: number) => {
    const hosts = fleet.hosts.slice(0, count);
    const entries = hosts.map(({ name, home }) => ({ name, address: name, deployTo: `${home}/bench` }));
    const project = await makeProject(apart, { name: `bench-${count}`, bundle, hosts: entries });
    return { hosts, project, first: [] as Sample[], small: [] as Sample[] };
  };
  const both = [await contestant(FEW), await contestant(MANY)] as const;
  for (let round = 0; round < rounds; round += 1) {
    for (const { hosts, project, first, small } of both) {
      await project.forget();
      await tidied();
      await Promise.all(hosts.map(({ home }) => rm(`${home}/bench`, { recursive: true, force: true })));
      first.push(await deployIn(apart, project, 'first'));
      small.push(await deployIn(apart, project, 'small'));
    }
  }
  return { few: both[0], many: both[1] };
}

async function deployIn(site: Site, project: Project, release: 'first' | 'small'): Promise<Sample> {
  const { id } = site.app.commits[release];
  await atRest(site);
  return sample(site, 'without logins', async () => {
    await project.slipway('deploy', STAGE, '--ref', id, '--yes', '--json');
  });
}

async function startFleet({ usage }: Site): Promise<EmbeddedHosts & AsyncDisposable> {
  const argv = [process.execPath, program, String(MANY), tmpdir()];
  const [shell = '', ...args] = usage?.apart(argv) ?? argv;
  const child = spawn(shell, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const { value } = (await lines.next()) as { value: string | undefined };
  if (value === undefined) throw new Error('The embedded hosts did not start.');
  return {
    ...(JSON.parse(value) as EmbeddedHosts),
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

export interface CrowdFindings {
  /** Ms of the deploy; why it failed. */
  readonly deploy:
    { readonly type: 'done'; readonly ms: number } | { readonly type: 'failed'; readonly reason: string };
  /** Connections that the server dropped unheard, as its MaxStartups tells it to. */
  readonly dropped: number;
}

const FOLDER = '/srv/bench-crowd';

/** Fifty hosts that are one: its SSH server drops connections when ten have not logged in yet (MaxStartups 10:30:100). */
export async function measureCrowd(site: Site, bundle: string): Promise<CrowdFindings> {
  const host = site.hosts[0]!;
  const hosts = Array.from({ length: MANY }, (_, index) => {
    const name = `part-${index + 1}`;
    return { name, address: `${host.user}@${host.name}`, deployTo: `${FOLDER}/${name}` };
  });
  const project = await makeProject(site, { name: 'bench-crowd', bundle, hosts });
  const drops = async () => {
    const { stdout } = await host.exec('journalctl --sync; journalctl -t sshd -o cat | grep -c "past MaxStartups"');
    return Number(stdout);
  };
  const before = await drops();
  await freshFolder([host], FOLDER);
  const deploy = await attempt(site, () => deployIn(site, project, 'first'));
  await freshFolder([host], FOLDER);
  return { deploy, dropped: (await drops()) - before };
}

async function attempt({ signal }: Site, work: () => Promise<Sample>): Promise<CrowdFindings['deploy']> {
  try {
    return { type: 'done', ms: (await work()).ms };
  } catch (error) {
    if (signal.aborted) throw error;
    return { type: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}
