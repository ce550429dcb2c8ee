import type { RolloutEvent } from '../../src/rollout/events.ts';
import type { Commit } from '../app/app.ts';
import type { Site } from '../site.ts';
import { type Contender, freshFolder } from './contender.ts';
import { hostsOf, makeProject, STAGE } from './project.ts';

/** What one deploy told of itself. */
export interface Told {
  readonly commit: Commit;
  /** Packed files for one host, bytes. */
  readonly payload: number;
  /** Ms from the start of the program to each of its milestones. */
  readonly milestones: Readonly<Record<Milestone, number>>;
}

export const MILESTONES = ['planned', 'locked', 'staging', 'staged', 'updated', 'finished', 'ended'] as const;
export type Milestone = (typeof MILESTONES)[number];

export interface SlipwayContender extends Contender {
  /** Every deploy so far. */
  readonly told: readonly Told[];
}

const FOLDER = '/srv/bench-slipway';

/** The built program. No commit was built before: the artifact is made within the time that is measured. */
export async function slipway(site: Site, bundle: string): Promise<SlipwayContender> {
  const project = await makeProject(site, { name: 'bench-slipway', bundle, hosts: hostsOf(site, FOLDER) });
  const told: Told[] = [];
  return {
    title: 'slipway',
    kind: 'slipway',
    current: `${FOLDER}/current`,
    told,
    reset: async () => {
      await project.forget();
      await freshFolder(site.hosts, FOLDER);
    },
    deploy: async (commit) => {
      const began = Date.now();
      const output = await project.slipway('deploy', STAGE, '--ref', commit.id, '--yes', '--json');
      told.push({ commit, ...read(output, began) });
    },
    rollback: async () => {
      await project.slipway('rollback', STAGE, '--yes', '--json');
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function read(output: string, began: number): Pick<Told, 'payload' | 'milestones'> {
  const ended = Date.now() - began;
  const events = output
    .split('\n')
    .filter((line) => line.includes('"source":'))
    .map((line) => JSON.parse(line) as RolloutEvent);
  const last = (test: (event: RolloutEvent) => boolean) => (events.findLast(test)?.t ?? began) - began;
  const totals = events.flatMap((event) => (event.type === 'sync.progress' ? [event.total] : []));
  return {
    payload: Math.max(0, ...totals),
    milestones: {
      planned: last(({ type }) => type === 'rollout.planned'),
      locked: last(({ type }) => type === 'lock.taken'),
      staging: last((event) => event.type === 'rollout.phase' && event.phase === 'Staging'),
      staged: last(({ type }) => type === 'host.ready'),
      updated: last((event) => event.type === 'instance.state' && event.state === 'updated'),
      finished: last(({ type }) => type === 'rollout.finished'),
      ended,
    },
  };
}
