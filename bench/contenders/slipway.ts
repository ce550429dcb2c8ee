import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RolloutEvent } from '../src/rollout/events.ts';
import type { Commit } from './app.ts';
import { timed } from './command.ts';
import { type Contender, freshFolder } from './contender.ts';
import { bytesSent, type Site } from './site.ts';

/** What one deploy told of itself. */
export interface Told {
  readonly commit: Commit;
  /** No host had a release to build on. */
  readonly isFirst: boolean;
  /** Packed files for one host, bytes. */
  readonly payload: number;
  /** All that left for one host, login and protocol included, bytes. */
  readonly wire: number;
  /** Ms from the start of the program to each of its milestones. */
  readonly milestones: Readonly<Record<Milestone, number>>;
}

export const MILESTONES = ['planned', 'locked', 'staging', 'staged', 'updated', 'finished', 'ended'] as const;
export type Milestone = (typeof MILESTONES)[number];

export interface SlipwayOptions {
  /** The built program. */
  readonly bundle: string;
  /** `warm`: the artifact of the commit has been built before, as for a second stage. */
  readonly cache: 'cold' | 'warm';
}

const node = join(import.meta.dirname, '../node_modules/.bin/node');

export async function slipway(
  site: Site,
  { bundle, cache }: SlipwayOptions,
): Promise<Contender & { readonly told: readonly Told[] }> {
  const { hosts, folder, signal } = site;
  const project = join(folder, `slipway-${cache}`);
  const cacheDir = join(project, 'cache');
  const env = { ...process.env, SLIPWAY_SSH_CONFIG: hosts.sshConfigFile, SLIPWAY_CACHE_DIR: cacheDir };
  const app = `bench-${cache}`;
  const told: Told[] = [];
  const run = (...args: readonly string[]) =>
    timed([node, bundle, 'deploy', 'production', ...args], { cwd: project, env, signal });
  await mkdir(project, { recursive: true });
  await writeFile(join(project, 'hosts.json'), JSON.stringify(configOf(site, app), undefined, 2));
  return {
    name: `slipway, commit ${cache === 'cold' ? 'not built before' : 'built before'}`,
    told,
    deploy: async (commit) => {
      if (cache === 'warm') await run('--ref', commit.id, '--dry-run');
      const [sentBefore, began] = [bytesSent(site), Date.now()];
      const { ms, stdout } = await run('--ref', commit.id, '--yes', '--json');
      const wire = (bytesSent(site) - sentBefore) / hosts.list.length;
      told.push({ commit, wire, ...read(stdout, began, ms) });
      return ms;
    },
    reset: async () => {
      await rm(cacheDir, { recursive: true, force: true });
      await freshFolder(hosts.list, `/srv/${app}`);
    },
  };
}

/** All hosts at once, as the others do it. */
function configOf({ hosts }: Site, app: string): unknown {
  return {
    app,
    deployTo: `/srv/${app}`,
    source: { git: '../app' },
    roles: { web: {} },
    rollout: { batch: '100%', maxUnavailable: '100%' },
    stages: {
      production: {
        hosts: hosts.list.map(({ name, user }) => ({ name, address: `${user}@${name}`, roles: { web: 1 } })),
      },
    },
  };
}

function read(stdout: string, began: number, ms: number): Pick<Told, 'isFirst' | 'payload' | 'milestones'> {
  const events = stdout
    .split('\n')
    .filter((line) => line.includes('"source":'))
    .map((line) => JSON.parse(line) as RolloutEvent);
  const totals = events.flatMap((event) => (event.type === 'sync.progress' ? [event.total] : []));
  const last = (test: (event: RolloutEvent) => boolean) => (events.findLast(test)?.t ?? began) - began;
  const planned = events.find((event) => event.type === 'rollout.planned');
  const milestones = {
    planned: (planned?.t ?? began) - began,
    locked: last(({ type }) => type === 'lock.taken'),
    staging: last((event) => event.type === 'rollout.phase' && event.phase === 'Staging'),
    staged: last(({ type }) => type === 'host.ready'),
    updated: last((event) => event.type === 'instance.state' && event.state === 'updated'),
    finished: last(({ type }) => type === 'rollout.finished'),
    ended: ms,
  };
  const isFirst = planned?.plan.hosts.every(({ base }) => base === undefined) ?? true;
  return { isFirst, payload: Math.max(0, ...totals), milestones };
}
