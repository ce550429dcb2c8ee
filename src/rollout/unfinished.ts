import * as z from 'zod';
import { LockedError, RemoteError, SlipwayError, UserError } from '../base/errors.ts';
import type { LockOwner, LockState } from '../host/state.ts';
import type { HostClient } from '../host/verbs.ts';
import { statesOf } from './fleet.ts';
import { describeLock, isManual } from './locking.ts';
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

const STALE_MS = 60_000;

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
export interface Unfinished extends Standing {
  readonly plan: Plan;
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
  return { ...standing, plan: await readPlan(stage, standing) };
}

async function readPlan({ clients, settings }: Stage, { rollout, hosts }: Standing): Promise<Plan> {
  for (const host of hosts) {
    const plan = parsePlan(await readText(clients.get(host)!, rollout));
    if (plan !== undefined) return plan;
  }
  throw new RemoteError({
    code: 'SLIP_NO_PLAN',
    message: `${rollout} has left no plan on ${hosts.join(', ')}: it ended before it changed anything.`,
    mend: `Deploy again, or give the lock up: slipway unlock ${settings.stage} --force -m WHY`,
  });
}

async function readText(host: HostClient, rollout: string): Promise<string> {
  try {
    return await host.plan(rollout);
  } catch (thrown) {
    if (!(thrown instanceof SlipwayError)) throw thrown;
    return '';
  }
}

/** What is used of a plan that comes from a host. */
const planSchema = z.object({
  v: z.literal(1),
  kind: z.enum(['deploy', 'rollback', 'reconcile']),
  release: z.object({
    id: z.string().regex(/^[A-Za-z0-9-]{1,64}$/),
    digest: z.string(),
    revision: z
      .string()
      .regex(/^[0-9a-f]{40,64}$/)
      .optional(),
  }),
  hosts: z.array(z.object({ host: z.string() })),
  instances: z.array(z.object({ instance: z.string(), change: z.string() })),
});

function parsePlan(text: string): Plan | undefined {
  try {
    const plan: unknown = JSON.parse(text);
    return planSchema.safeParse(plan).success ? (plan as Plan) : undefined;
  } catch {
    return undefined;
  }
}
