import type { RolloutContext } from './context.ts';
import { plannedInstance } from './context.ts';
import { changeInstance, type Outcome } from './updating.ts';

/** What a run has done so far: the memory of the engine, from which it knows what there is to go back from. */
export interface Run {
  /** Instances that were changed and stand, in the order of their change. */
  readonly updated: string[];
  /** Instances that failed and could not be brought back: a person has to look. */
  readonly broken: Map<string, string>;
  /** Instances that failed and run what ran before. */
  readonly failed: Map<string, string>;
  readonly turns: Map<string, number>;
}

export function createRun(): Run {
  return { updated: [], broken: new Map(), failed: new Map(), turns: new Map() };
}

export function hasChanged(run: Run): boolean {
  return run.updated.length > 0 || run.broken.size > 0;
}

/** Switches an instance to the plan's release, or retires it. */
export async function forward(context: RolloutContext, run: Run, instance: string): Promise<Outcome> {
  const planned = plannedInstance(context, instance);
  const retire = planned.change === 'retire';
  const outcome = await changeInstance(context, {
    instance,
    act: retire ? 'retire' : 'update',
    from: planned.from,
    back: planned.back,
    to: retire ? undefined : context.plan.release.id,
    turn: nextTurn(run, instance),
  });
  remember(run, instance, outcome);
  return outcome;
}

/** Brings an updated instance back to what it ran before; one that ran nothing is retired. */
export async function back(context: RolloutContext, run: Run, instance: string): Promise<Outcome> {
  const { back: to } = plannedInstance(context, instance);
  const outcome = await changeInstance(context, {
    instance,
    act: to === undefined ? 'retire' : 'update',
    from: context.plan.release.id,
    // what failed is no place to go back to when the way back fails
    back: to,
    to,
    turn: nextTurn(run, instance),
  });
  if (outcome.type === 'updated' || outcome.type === 'retired') {
    run.updated.splice(run.updated.indexOf(instance), 1);
  } else if (outcome.type !== 'left') {
    run.broken.set(instance, outcome.reason);
  }
  return outcome;
}

function remember(run: Run, instance: string, outcome: Outcome): void {
  run.failed.delete(instance);
  run.broken.delete(instance);
  switch (outcome.type) {
    case 'updated':
    case 'retired':
      run.updated.push(instance);
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
}

function nextTurn(run: Run, instance: string): number {
  const turn = run.turns.get(instance) ?? 0;
  run.turns.set(instance, turn + 1);
  return turn;
}
