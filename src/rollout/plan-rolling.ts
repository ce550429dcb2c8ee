import type { BakeSettings } from '../config/settings.ts';
import { batches, updateOrder } from './capacity.ts';
import type { PlanInput, Updates } from './make-plan.ts';
import type { Step } from './plan.ts';
import { type RoleChange, updateStep } from './role-change.ts';

/** Batch after batch, each watched for a while; one role at a time, in the order of hosts.json: no batch mixes roles. */
export function planRolling({ kind, settings, approved }: PlanInput, changes: readonly RoleChange[]): Updates {
  const bake = kind === 'deploy' && approved !== 'all' ? bakeSteps(settings.rollout.bake) : [];
  const steps = changes.flatMap(({ affected, size }) =>
    batches(updateOrder(affected), size).flatMap((batch) => [updateStep(batch), ...bake]),
  );
  return { steps, warnings: [] };
}

function bakeSteps({ ms, untilStableMs }: BakeSettings): readonly Step[] {
  if (ms === 0) return [];
  return [{ type: 'bake', ms, ...(untilStableMs === undefined ? {} : { untilStableMs }) }];
}
