import { list } from '../base/text.ts';
import { bake } from './baking.ts';
import { type RolloutContext } from './context.ts';
import type { PauseReason } from './events.ts';
import type { Step } from './plan.ts';
import type { Ending } from './ending.ts';
import { back, forward, type Run } from './run.ts';
import type { Outcome } from './updating.ts';

/** How a step ended, and what has to happen next. */
export type StepResult =
  | { readonly type: 'done' }
  | { readonly type: 'pause'; readonly reasons: readonly PauseReason[]; readonly reason: string }
  | { readonly type: 'rollback'; readonly reason: string }
  | { readonly type: 'abort' }
  | { readonly type: 'leave' }
  | { readonly type: 'ended'; readonly ending: Ending };

/** One step after staging. Safe to run again: instances that were done are left alone. */
export async function runStep(context: RolloutContext, run: Run, step: Step): Promise<StepResult> {
  switch (step.type) {
    case 'stage':
      return { type: 'done' };
    case 'update':
    case 'retire':
      return update(context, run, step.instances);
    case 'bake':
      return watchBake(context, run, step.ms);
  }
}

async function update(context: RolloutContext, run: Run, instances: readonly string[]): Promise<StepResult> {
  const pending = instances.filter((instance) => !run.updated.includes(instance));
  const outcomes = await Promise.all(pending.map((instance) => forward(context, run, instance)));
  if (outcomes.some((outcome) => outcome.type === 'left')) return { type: 'leave' };
  return urgentResult(context) ?? judge(context, run, outcomes);
}

/** Abort always wins, over success as over failure. */
export function urgentResult({ controls }: RolloutContext): StepResult | undefined {
  const urgent = controls.takeUrgent();
  switch (urgent) {
    case 'abort':
      return { type: 'abort' };
    case 'leave':
      return { type: 'leave' };
    case 'rollback':
      return { type: 'rollback', reason: 'asked to roll back' };
    case undefined:
      return undefined;
  }
}

function judge({ plan }: RolloutContext, run: Run, outcomes: readonly Outcome[]): StepResult {
  if (outcomes.some((outcome) => outcome.type === 'unknown' && outcome.cause === 'host')) {
    return { type: 'pause', reasons: ['hostUnreachable'], reason: whyOf(run.broken) };
  }
  if (outcomes.some((outcome) => outcome.type === 'unknown')) {
    return { type: 'pause', reasons: ['deadline'], reason: whyOf(run.broken) };
  }
  const bad = [...run.failed, ...run.broken];
  if (bad.length === 0 || (run.broken.size === 0 && bad.length <= plan.policy.maxFailures)) return { type: 'done' };
  return onFailure(plan.kind === 'rollback' ? 'pause' : plan.policy.onFailure, whyOf(new Map(bad)));
}

function onFailure(policy: 'rollback' | 'pause', reason: string): StepResult {
  return policy === 'rollback' ? { type: 'rollback', reason } : { type: 'pause', reasons: ['failure'], reason };
}

/** "bot.1@fra-1: not healthy within 2m" */
export function whyOf(reasons: ReadonlyMap<string, string>): string {
  return list([...reasons].map(([instance, reason]) => `${instance}: ${reason}`));
}

async function watchBake(context: RolloutContext, run: Run, ms: number): Promise<StepResult> {
  const updated = run.updated.filter((instance) => context.instances.has(instance));
  const worse = await bake(context, updated, ms);
  const urgent = urgentResult(context);
  if (urgent) return urgent;
  if (worse.size === 0) return { type: 'done' };
  const { onFailure: policy } = context.plan.policy;
  if (policy === 'pause') {
    // a failed instance goes back either way; the policy decides about the others
    await Promise.all([...worse.keys()].map((instance) => back(context, run, instance)));
  }
  return onFailure(policy, whyOf(worse));
}
