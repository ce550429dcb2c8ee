import { SlipwayError } from '../base/errors.ts';
import type { InstanceState } from '../host/state.ts';
import { hostOf, instanceOf, plannedInstance, type RolloutContext } from './context.ts';
import { changeInstance, type Change, type Outcome } from './updating.ts';

/** What a run has done so far: the memory of the engine, from which it knows what there is to go back from. */
export interface Run {
  /** Instances that were switched to the plan's release and stand, in the order of their change. */
  readonly updated: string[];
  /** Instances that are gone for good. */
  readonly retired: string[];
  /** Instances that failed and could not be brought back: a person has to look. */
  readonly broken: Map<string, string>;
  /** Instances that failed and run what ran before. */
  readonly failed: Map<string, string>;
  readonly turns: Map<string, number>;
}

export function createRun(already: readonly string[]): Run {
  return { updated: [...already], retired: [], broken: new Map(), failed: new Map(), turns: new Map() };
}

/** How far a run has come: nothing was touched, what was touched is back, or something stands changed. */
export function reach(run: Run): 'nothing' | 'back' | 'changed' {
  if (run.updated.length + run.retired.length + run.broken.size > 0) return 'changed';
  return run.failed.size > 0 ? 'back' : 'nothing';
}

/** Switches an instance to the plan's release, or retires it. */
export async function forward(context: RolloutContext, run: Run, instance: string): Promise<Outcome> {
  const { change, from, back: way } = plannedInstance(context, instance);
  const to = change === 'retire' ? undefined : context.plan.release.id;
  const outcome = await step(context, run, { instance, expected: from, to, back: way });
  run.failed.delete(instance);
  run.broken.delete(instance);
  forget(run, instance);
  switch (outcome.type) {
    case 'updated':
      run.updated.push(instance);
      break;
    case 'retired':
      run.retired.push(instance);
      break;
    case 'reverted':
    case 'failed':
      run.failed.set(instance, outcome.reason);
      break;
    case 'stuck':
    case 'unknown':
      run.broken.set(instance, outcome.reason);
      break;
    case 'left':
      break;
  }
  return outcome;
}

/** Brings an updated or broken instance back to what it ran before; one that ran nothing is retired. */
export async function back(context: RolloutContext, run: Run, instance: string): Promise<Outcome> {
  const { back: to } = plannedInstance(context, instance);
  // what failed is no place to go back to when the way back fails
  const outcome = await step(context, run, { instance, expected: context.plan.release.id, to, back: to });
  if (outcome.type === 'updated' || outcome.type === 'retired') {
    forget(run, instance);
    run.broken.delete(instance);
  } else if (outcome.type !== 'left') {
    run.broken.set(instance, outcome.reason);
  }
  return outcome;
}

function forget({ updated }: Run, instance: string): void {
  updated.splice(0, updated.length, ...updated.filter((one) => one !== instance));
}

interface Aim {
  readonly instance: string;
  /** What the link points at if all went as planned. */
  readonly expected: string | undefined;
  readonly to: string | undefined;
  readonly back: string | undefined;
}

/** One change. After the first one of an instance its link may be anywhere: it is read before it is changed again. */
async function step(context: RolloutContext, run: Run, { instance, expected, to, back: way }: Aim): Promise<Outcome> {
  const turn = run.turns.get(instance) ?? 0;
  run.turns.set(instance, turn + 1);
  const act = to === undefined ? 'retire' : 'update';
  const change = (from: string | undefined): Change => ({ instance, act, to, from, back: way, turn });
  if (turn === 0 || run.updated.includes(instance)) return changeInstance(context, change(expected));
  try {
    const { current } = await readInstance(context, instance);
    // nothing is there, and nothing is wanted
    if (current === undefined && to === undefined) return { type: 'retired' };
    return await changeInstance(context, change(current));
  } catch (thrown) {
    if (!(thrown instanceof SlipwayError)) throw thrown;
    return { type: 'unknown', cause: 'host', reason: thrown.message };
  }
}

async function readInstance(context: RolloutContext, id: string): Promise<Pick<InstanceState, 'current'>> {
  const instance = instanceOf(context, id);
  const host = hostOf(context, instance.host);
  const state = await host.probe({ instances: [instance], shared: { files: [], dirs: [] }, depth: 'look' });
  return { current: state.instances[0]?.current };
}
