import type { RolloutSettings, Share } from '../config/settings.ts';
import { batches, type Candidate, chunks, isOut, shareOf, updateOrder } from './capacity.ts';
import type { PlanInput, Updates } from './make-plan.ts';
import type { Step } from './plan.ts';
import { bakeSteps, watchingOf } from './plan-rolling.ts';
import { type RoleChange, updateStep } from './role-change.ts';

/**
 * A few healthy instances of every role first, compared with the others, and a person's word; then the rest, watched for a
 * while. Roles run in the order of hosts.json: no batch mixes them.
 */
export function planCanary(input: PlanInput, changes: readonly RoleChange[]): Updates {
  const { approved, settings } = input;
  const groups = group(input, changes);
  const rest = groups.flatMap(restSteps);
  const before = approved === undefined ? canarySteps(settings.rollout, groups, rest) : groups.flatMap(firstSteps);
  const after = approved === 'all' || rest.length === 0 ? [] : watchSteps(settings.rollout);
  return {
    steps: [...before, ...rest, ...after],
    warnings: approved === undefined ? groups.flatMap(({ warning }) => warning ?? []) : [],
  };
}

/** A role with the instances that go first. */
interface Group extends RoleChange {
  /** They run the release already. */
  readonly running: readonly Candidate[];
  readonly fresh: readonly Candidate[];
  readonly warning?: string;
}

function group({ release, settings }: PlanInput, changes: readonly RoleChange[]): readonly Group[] {
  const share = settings.rollout.canary;
  const alone = changes.filter(({ candidates }) => candidates.length === 1);
  // without any role of two, the only instance is better watched than not
  const only = alone.length < changes.length ? undefined : (alone.find((one) => !isExclusive(one)) ?? alone[0]);
  return changes.map((change) => {
    const { role, candidates, affected } = change;
    const none = { ...change, running: [], fresh: [] };
    if (candidates.length === 1 && change !== only)
      return { ...none, warning: `${role} has one instance: it is updated with the rest, without a canary.` };
    const count = canaryCount(share, candidates.length);
    const isRunning = (one: Candidate) => !affected.includes(one) && one.state?.current === release.id;
    const running = candidates.filter(isRunning).slice(0, count);
    const fresh = updateOrder(affected.filter(({ state }) => !isOut(state))).slice(0, count - running.length);
    if (running.length + fresh.length === 0)
      return {
        ...none,
        warning: `No instance of ${role} is healthy: there is no canary, all are updated with the rest.`,
      };
    const isWeak = change === only && {
      warning: `${role} has one instance, which is its own canary: no baseline, weak evidence.`,
    };
    return { ...change, running, fresh, ...isWeak };
  });
}

function isExclusive({ affected }: RoleChange): boolean {
  return affected.some(({ instance }) => instance.exclusive);
}

/** At most a quarter, and at least one. */
function canaryCount(share: Share, total: number): number {
  return Math.max(1, Math.min(shareOf(share, total), Math.floor(total / 4)));
}

function firstSteps({ fresh, size }: Group): readonly Step[] {
  return batches(fresh, size).map(updateStep);
}

function canarySteps(
  { bake, approve }: RolloutSettings,
  groups: readonly Group[],
  rest: readonly Step[],
): readonly Step[] {
  const canaries = groups.flatMap(({ running, fresh }) => [...running, ...fresh].map(({ instance }) => instance.id));
  if (canaries.length === 0) return [];
  return [
    ...groups.flatMap(firstSteps),
    ...(bake.ms === 0 ? [] : [{ type: 'analyze' as const, canaries, ...watchingOf(bake) }]),
    // nothing is left to be let go on
    ...(approve === 'auto' || rest.length === 0 ? [] : [{ type: 'gate' as const, gate: 'promote' as const }]),
  ];
}

/** A canary was the first of its role; without one the first goes alone. */
function restSteps({ affected, running, fresh, size }: Group): readonly Step[] {
  const rest = updateOrder(affected.filter((one) => !fresh.includes(one)));
  const inBatches = running.length + fresh.length > 0 ? chunks : batches;
  return inBatches(rest, size).map(updateStep);
}

function watchSteps({ bake, analysis }: RolloutSettings): readonly Step[] {
  return bakeSteps({ ms: Math.min(bake.ms, analysis.afterMs), untilStableMs: undefined });
}
