import { list } from '../base/text.ts';
import { analyze } from './analyzing.ts';
import { bake } from './baking.ts';
import { type RolloutContext } from './context.ts';
import type { PauseReason } from './events.ts';
import type { Step } from './plan.ts';
import type { Ending } from './ending.ts';
import { runHooks } from './hooks.ts';
import { passGate } from './gating.ts';
import { keepWarm, switchTraffic } from './traffic.ts';
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
      return update(context, run, step);
    case 'hook':
      return runHooks(context, step);
    case 'bake':
      return watchBake(context, run, step.ms);
    case 'analyze':
      return analyze(context, run, step);
    case 'gate':
      return passGate(context, run, step);
    case 'switchTraffic':
      return switchTraffic(context, run, step);
    case 'keepWarm':
      return keepWarm(context, run, step);
  }
}

type ChangeStep = Extract<Step, { type: 'update' | 'retire' }>;

async function update(context: RolloutContext, run: Run, { type: step, instances }: ChangeStep): Promise<StepResult> {
  const pending = instances.filter((instance) => !isThrough(run, instance));
  const outcomes = await Promise.all(pending.map((instance) => forward(context, run, instance)));
  if (outcomes.some((outcome) => outcome.type === 'left')) return { type: 'leave' };
  return urgentResult(context) ?? judge(context, run, { outcomes, step });
}

/** Changed by this run: what an earlier one has updated is only in a step when it does not stand. */
function isThrough({ updated, retired, turns }: Run, instance: string): boolean {
  return turns.has(instance) && (updated.includes(instance) || retired.includes(instance));
}

interface Changed {
  readonly outcomes: readonly Outcome[];
  readonly step: 'update' | 'retire';
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

function judge({ plan }: RolloutContext, run: Run, { outcomes, step }: Changed): StepResult {
  if (outcomes.some((outcome) => outcome.type === 'unknown' && outcome.cause === 'host')) {
    return { type: 'pause', reasons: ['hostUnreachable'], reason: whyOf(run.broken) };
  }
  if (outcomes.some((outcome) => outcome.type === 'unknown')) {
    return { type: 'pause', reasons: ['deadline'], reason: whyOf(run.broken) };
  }
  const bad = [...run.failed, ...run.broken];
  if (bad.length === 0 || (run.broken.size === 0 && bad.length <= plan.policy.maxFailures)) return { type: 'done' };
  // a rollback is never rolled back; nor is a rollout for an old instance that would not stop
  const policy = plan.kind === 'rollback' || step === 'retire' ? 'pause' : plan.policy.onFailure;
  return onFailure(policy, whyOf(new Map(bad)));
}

function onFailure(policy: 'rollback' | 'pause', reason: string): StepResult {
  return policy === 'rollback' ? { type: 'rollback', reason } : { type: 'pause', reasons: ['failure'], reason };
}

/** "bot.1@fra-1: not healthy within 2m" */
export function whyOf(reasons: ReadonlyMap<string, string>): string {
  return list([...reasons].map(([instance, reason]) => `${instance}: ${reason}`));
}

async function watchBake(context: RolloutContext, run: Run, ms: number): Promise<StepResult> {
  const { worse, unseen, length } = await bake(context, run.updated, ms);
  const urgent = urgentResult(context);
  if (urgent) return urgent;
  // a bake that was cut short has not been one: it starts afresh
  if (worse.size === 0 && length === 'cut') return pauseAsked();
  if (worse.size === 0 && unseen.length === 0) return { type: 'done' };
  if (worse.size === 0) {
    const reason = `${list(unseen)} could not be seen while baking`;
    return { type: 'pause', reasons: ['hostUnreachable'], reason };
  }
  const { onFailure: policy } = context.plan.policy;
  if (policy === 'pause') {
    // a failed instance goes back either way; the policy decides about the others
    await Promise.all([...worse.keys()].map((instance) => back(context, run, instance)));
  }
  return onFailure(policy, whyOf(worse));
}

export function pauseAsked(): StepResult {
  return { type: 'pause', reasons: ['manual'], reason: 'asked to pause' };
}
