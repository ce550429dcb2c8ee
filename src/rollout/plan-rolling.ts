import type { BakeSettings } from '../config/settings.ts';
import { batches, updateOrder } from './capacity.ts';
import type { PlanInput, Updates } from './make-plan.ts';
import type { Step, Watching } from './plan.ts';
import { type RoleChange, updateStep } from './role-change.ts';

/** Batch after batch, each watched for a while; one role at a time, in the order of hosts.json: no batch mixes roles. */
export function planRolling({ kind, settings, approved }: PlanInput, changes: readonly RoleChange[]): Updates {
  const bake = kind === 'deploy' && approved !== 'all' ? bakeSteps(settings.rollout.bake) : [];
  const steps = changes.flatMap(({ affected, size }) =>
    batches(updateOrder(affected), size).flatMap((batch) => [updateStep(batch), ...bake]),
  );
  return { steps, warnings: [] };
}

/** None, where nothing is to be watched. */
export function bakeSteps(bake: BakeSettings): readonly Step[] {
  return bake.ms === 0 ? [] : [{ type: 'bake', ...watchingOf(bake) }];
}

export function watchingOf({ ms, untilStableMs }: BakeSettings): Watching {
  return { ms, ...(untilStableMs === undefined ? {} : { untilStableMs }) };
}
