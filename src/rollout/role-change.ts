import type { Candidate } from './capacity.ts';
import { requireCapacity, shareOf, sharesOf } from './capacity.ts';
import type { PlanInput } from './make-plan.ts';
import type { Step } from './plan.ts';

/** A role of which something changes, as the strategies plan for it. */
export interface RoleChange {
  readonly role: string;
  /** Its instances on the hosts that take part. */
  readonly candidates: readonly Candidate[];
  /** Those of them that change. */
  readonly affected: readonly Candidate[];
  /** How many may change together at most. */
  readonly size: number;
}

/** Undefined when nothing of the role changes. Throws RemoteError when the update would take out too many. */
export function roleChange(
  { kind, settings, bystanders }: PlanInput,
  candidates: readonly Candidate[],
  changing: ReadonlySet<string>,
): RoleChange | undefined {
  const affected = candidates.filter(({ instance }) => changing.has(instance.id));
  if (affected.length === 0) return undefined;
  const { role } = affected[0]!.instance;
  const { batch, maxUnavailable } = sharesOf(settings.rollout);
  const total = settings.instances.filter((instance) => instance.role === role).length;
  const limit = shareOf(maxUnavailable, total);
  const room = limit - requireCapacity({ role, candidates, affected, bystanders, limit });
  const exclusive = affected.some(({ instance }) => instance.exclusive);
  // the way back is the fast way: as many at once as may be out
  const size = exclusive ? 1 : kind === 'rollback' ? room : Math.min(shareOf(batch, total), room);
  return { role, candidates, affected, size };
}

export function updateStep(batch: readonly Candidate[]): Step {
  return { type: 'update', instances: batch.map(({ instance }) => instance.id) };
}
