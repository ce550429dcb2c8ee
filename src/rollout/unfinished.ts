import * as z from 'zod';
import { LockedError, RemoteError, SlipwayError, UserError } from '../base/errors.ts';
import { STRATEGIES } from '../config/settings.ts';
import type { LockOwner, LockState } from '../host/state.ts';
import type { HostClient } from '../host/verbs.ts';
import { statesOf } from './fleet.ts';
import { describeLock, isManual, STALE_MS } from './lock-words.ts';
import { isDeadHere } from './owner.ts';
import type { Plan } from './plan.ts';
import type { HostReading } from './session.ts';
import { lookAtHosts, type Stage } from './stage.ts';

/** A rollout that holds its stage. */
export interface Standing {
  readonly rollout: string;
  readonly owner: LockOwner;
  readonly lock: LockState;
  /** `gone`: its process has ended or died, and a person decides what becomes of it. */
  readonly controller: 'alive' | 'gone';
  /** Hosts that it holds. */
  readonly hosts: readonly string[];
  readonly readings: readonly HostReading[];
}

/** The newest rollout that holds a lock. Throws UserError when there is none, RemoteError when no host can be reached. */
export async function findStanding(stage: Stage): Promise<Standing> {
  const readings = await lookAtHosts(stage);
  const locks = statesOf(readings).flatMap(({ host, lock }) =>
    lock?.owner && !isManual(lock.owner.rollout) ? [{ host, lock, owner: lock.owner }] : [],
  );
  const newest = locks
    .map(({ owner }) => owner.rollout)
    .sort()
    .at(-1);
  const held = locks.filter(({ owner }) => owner.rollout === newest);
  const first = held[0];
  if (first === undefined) throw noRollout(stage.settings.stage, readings);
  const { owner, lock } = first;
  const gone = (one: (typeof held)[number]) => one.lock.ageMs >= STALE_MS;
  const controller = owner.state === 'paused' || isDeadHere(owner) || held.every(gone) ? 'gone' : 'alive';
  return { rollout: owner.rollout, owner, lock, controller, hosts: held.map(({ host }) => host), readings };
}

function noRollout(stage: string, readings: readonly HostReading[]): SlipwayError {
  const unreachable = readings.flatMap((one) => (one.type === 'unreachable' ? [one] : []));
  if (unreachable.length === readings.length && unreachable[0] !== undefined) {
    const { reason, mend } = unreachable[0];
    return new RemoteError({
      code: 'SLIP_UNREACHABLE',
      message: `No host of ${stage} can be reached: ${reason}`,
      ...(mend === undefined ? {} : { mend }),
    });
  }
  return new UserError({
    code: 'SLIP_NO_ROLLOUT',
    message: `Nothing is being rolled out to ${stage}.`,
    mend: `See what runs there: slipway status ${stage}`,
  });
}

/** A rollout whose process is gone, with what it meant to do. */
export interface Unfinished extends Standing, Frozen {}

/** What a rollout left on a host. */
export interface Frozen {
  readonly plan: Plan;
  /** How many of its release hooks have been run to their end. */
  readonly hooksRun: number;
}

/** Throws LockedError while somebody runs it. */
export async function findUnfinished(stage: Stage): Promise<Unfinished> {
  const standing = await findStanding(stage);
  const { stage: name } = stage.settings;
  if (standing.controller === 'alive') {
    throw new LockedError({
      code: 'SLIP_LOCKED',
      message: `${name} is being changed by ${describeLock(standing.lock)}.`,
      mend: `Ask that to stop: slipway abort ${name}`,
    });
  }
  const frozen = await readFrozen(stage, standing);
  if (frozen !== undefined) return { ...standing, ...frozen };
  throw new RemoteError({
    code: 'SLIP_NO_PLAN',
    message: `${standing.rollout} has left no plan on ${standing.hosts.join(', ')}: it ended before it changed anything.`,
    mend: `Deploy again, or give the lock up: slipway unlock ${name} --force -m WHY`,
  });
}

/** What a rollout froze on the hosts that it holds; undefined when none of them can tell. */
export async function readFrozen(
  { clients }: Stage,
  { rollout, hosts }: Pick<Standing, 'rollout' | 'hosts'>,
): Promise<Frozen | undefined> {
  const read = await Promise.all(hosts.map((host) => readOne(clients.get(host)!, rollout)));
  const first = read.find((one) => one !== undefined);
  // hooks run on one host: it alone knows of them
  return first && { ...first, hooksRun: Math.max(...read.map((one) => one?.hooksRun ?? 0)) };
}

async function readOne(host: HostClient, rollout: string): Promise<Frozen | undefined> {
  try {
    const { text, hooksRun } = await host.plan(rollout);
    const plan = parsePlan(text);
    return plan && { plan, hooksRun };
  } catch (thrown) {
    if (!(thrown instanceof SlipwayError)) throw thrown;
    return undefined;
  }
}

const releaseId = z.string().regex(/^[A-Za-z0-9-]{1,64}$/);

/** What is used of a plan that comes from a host. */
const planSchema = z.object({
  v: z.literal(1),
  kind: z.enum(['deploy', 'rollback', 'reconcile']),
  release: z.object({
    id: releaseId,
    digest: z.string(),
    revision: z
      .string()
      .regex(/^[0-9a-f]{40,64}$/)
      .optional(),
    irreversible: z.string().optional(),
  }),
  strategy: z.enum(STRATEGIES),
  hosts: z.array(z.object({ host: z.string() })),
  instances: z.array(z.object({ instance: z.string(), change: z.string(), back: releaseId.optional() })),
  steps: z.array(
    z.object({
      type: z.string(),
      commands: z.array(z.string()).optional(),
      ms: z.number().min(0).optional(),
      untilStableMs: z.number().min(0).optional(),
    }),
  ),
});

function parsePlan(text: string): Plan | undefined {
  try {
    const plan: unknown = JSON.parse(text);
    return planSchema.safeParse(plan).success ? (plan as Plan) : undefined;
  } catch {
    return undefined;
  }
}
