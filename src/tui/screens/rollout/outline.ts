import type { InstancePlan, Plan, Step } from '../../../rollout/plan.ts';

/** A plan as the tree shows it: made once, so that a frame looks things up instead of searching for them. */
export interface Outline {
  readonly steps: readonly OutlineStep[];
  /** In the order in which they are changed, then those that are left as they are. */
  readonly order: readonly string[];
  readonly places: ReadonlyMap<string, Place>;
}

export interface OutlineStep {
  /** Its place in the plan, from 0; what is left alone comes after all of them. */
  readonly index: number;
  /** Undefined for the instances that are left as they are. */
  readonly step: Step | undefined;
  /** Those that are changed in it. */
  readonly instances: readonly string[];
}

/** Where an instance comes in a plan. */
export interface Place {
  /** The index of its step. */
  readonly step: number;
  readonly planned: InstancePlan | undefined;
  /** The index of the step that watches it first, once it is changed. */
  readonly watchedIn: number | undefined;
}

export const noOutline: Outline = { steps: [], order: [], places: new Map() };

export function outlineOf(plan: Plan): Outline {
  const changed = plan.steps.map((step, index): OutlineStep => ({ index, step, instances: instancesOf(step) }));
  const inSteps = new Set(changed.flatMap(({ instances }) => instances));
  const rest = plan.instances.map(({ instance }) => instance).filter((id) => !inSteps.has(id));
  const kept: OutlineStep = { index: plan.steps.length, step: undefined, instances: rest };
  const steps = rest.length === 0 ? changed : [...changed, kept];
  const planned = new Map(plan.instances.map((one) => [one.instance, one]));
  const watched = watchedIn(changed);
  const places = steps.flatMap(({ index, instances }) =>
    instances.map((id): [string, Place] => [id, { step: index, planned: planned.get(id), watchedIn: watched.get(id) }]),
  );
  return { steps, order: steps.flatMap(({ instances }) => instances), places: new Map(places) };
}

function instancesOf(step: Step): readonly string[] {
  return step.type === 'update' || step.type === 'retire' ? step.instances : [];
}

/** From the end to the beginning, so that the watch after a step is known when its instances come up. */
function watchedIn(steps: readonly OutlineStep[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  let bake: number | undefined;
  let analysis: { index: number; canaries: ReadonlySet<string> } | undefined;
  for (const { index, step, instances } of steps.toReversed()) {
    if (step?.type === 'bake') bake = index;
    if (step?.type === 'analyze') analysis = { index, canaries: new Set(step.canaries) };
    if (step?.type !== 'update') continue;
    for (const id of instances) {
      const compared = analysis?.canaries.has(id) ? analysis.index : undefined;
      const first = Math.min(bake ?? Infinity, compared ?? Infinity);
      if (first !== Infinity) found.set(id, first);
    }
  }
  return found;
}
