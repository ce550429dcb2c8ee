import type { InstancePlan, Plan, Step } from './plan.ts';
import type { Frozen } from './unfinished.ts';

/**
 * A plan made anew for the rest of a rollout, with what only that one knew: where the instances that it has switched came
 * from, and which release hooks it has run. Pure.
 */
export function goOn(plan: Plan, before: Frozen): Plan {
  const came = new Map(before.plan.instances.map((one) => [one.instance, one]));
  return {
    ...plan,
    steps: plan.steps.flatMap((step) => restOf(step, before)),
    instances: plan.instances.map((one) => backOf(one, { plan, came: came.get(one.instance) })),
  };
}

/** Instances that stand on the release and came from another one: when the rest fails, they go back as well. */
export function alreadyUpdated({ release, instances }: Plan): readonly string[] {
  return instances
    .filter(({ from, back, change }) => from === release.id && back !== release.id && change !== 'retire')
    .map(({ instance }) => instance);
}

/**
 * What it switched before is a way back no more: the plan that was frozen then knows the way. Of a slot the new plan knows
 * it: as long as the other one runs, that is the way.
 */
function backOf(
  planned: InstancePlan,
  { plan, came }: { readonly plan: Plan; readonly came: InstancePlan | undefined },
): InstancePlan {
  if (planned.from !== plan.release.id || came === undefined || planned.change === 'retire') return planned;
  if (plan.slots?.some(({ role }) => role === planned.role)) return planned;
  return { ...planned, back: came.back };
}

/** Commands come from hosts.json, never from a host: of the frozen plan only their number counts. */
function restOf(step: Step, { plan, hooksRun }: Frozen): readonly Step[] {
  if (step.type !== 'hook' || step.when !== 'release') return [step];
  const due = plan.steps.flatMap((one) => (one.type === 'hook' && one.when === 'release' ? one.commands : []));
  const left = Math.max(0, due.length - hooksRun);
  return left === 0 ? [] : [{ ...step, commands: step.commands.slice(-left) }];
}
