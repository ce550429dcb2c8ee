import { list } from '../base/text.ts';
import { analyze } from './analyzing.ts';
import { bake } from './baking.ts';
import { instanceOf, type RolloutContext } from './context.ts';
import type { PauseReason } from './events.ts';
import type { Step, Watching } from './plan.ts';
import type { Ending } from './ending.ts';
import { runHooks } from './hooks.ts';
import { passGate } from './gating.ts';
import { requireOurs } from './superseded.ts';
import { keepWarm, switchTraffic, takeOut } from './traffic.ts';
import { back, failuresOf, forward, isSettled, isSkipped, nextBatch, type Run } from './run.ts';

/** How a step ended, and what has to happen next. */
export type StepResult =
  | { readonly type: 'done' }
  | PauseResult
  | { readonly type: 'rollback'; readonly reason: string }
  | { readonly type: 'abort' }
  | { readonly type: 'leave' }
  | { readonly type: 'ended'; readonly ending: Ending };

export interface PauseResult {
  readonly type: 'pause';
  readonly reasons: readonly PauseReason[];
  readonly reason: string;
}

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
      return watchBake(context, run, step);
    case 'analyze':
      return watchCanaries(context, run, step);
    case 'gate':
      return passGate(context, run, step);
    case 'switchTraffic':
      return switchTraffic(context, run, step);
    case 'keepWarm':
      return keepWarm(context, run, step);
  }
}

type ChangeStep = Extract<Step, { type: 'update' | 'retire' }>;

async function update(context: RolloutContext, run: Run, { type, instances }: ChangeStep): Promise<StepResult> {
  const { plan } = context;
  return change(context, run, {
    instances: instances.filter((id) => !isSettled(context, run, id)),
    // a rollback is never rolled back; nor is a rollout for an old instance that would not stop
    onFailure: plan.kind === 'rollback' || type === 'retire' ? 'pause' : plan.policy.onFailure,
  });
}

export interface Changing {
  readonly instances: readonly string[];
  readonly onFailure: 'rollback' | 'pause';
}

/** Changes instances, as many at once as may be out beside those that are out by now. */
export async function change(context: RolloutContext, run: Run, changing: Changing): Promise<StepResult> {
  const trouble = await takeOut(context, changing.instances);
  if (trouble) return trouble;
  for (let waiting = changing.instances; waiting.length > 0;) {
    const batch = nextBatch(context, run, waiting);
    if (batch.length === 0) return noneMayGo(run, waiting);
    waiting = waiting.filter((id) => !batch.includes(id));
    const outcomes = requireOurs(await Promise.all(batch.map((instance) => forward(context, run, instance))));
    if (outcomes.some((outcome) => outcome.type === 'left')) return { type: 'leave' };
    const result = urgentResult(context) ?? judge(context, run, { ...changing, instances: waiting });
    if (result.type !== 'done') return result;
    if (waiting.length > 0 && context.controls.wantsPause()) return pauseAsked();
  }
  return { type: 'done' };
}

/** Somebody has skipped a host on which instances are down. */
function noneMayGo(run: Run, waiting: readonly string[]): StepResult {
  const reason = `${list([...run.broken.keys()])} may be out, and with ${waiting[0]!} more than maxUnavailable would be`;
  return { type: 'pause', reasons: ['failure'], reason };
}

/** Abort always wins, over success as over failure. */
export function urgentResult({ controls }: RolloutContext): Exclude<StepResult, PauseResult> | undefined {
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

/** Whether it may go on: failures count over all steps; those that wait to be tried again do not yet. */
export function judge(
  context: RolloutContext,
  run: Run,
  { instances: waiting, onFailure: policy }: Changing,
): StepResult {
  const failures = new Map([...failuresOf(context, run)].filter(([id]) => !waiting.includes(id)));
  const causes = [...failures.keys()].map((id) => run.unknown.get(id));
  const reason = whyOf(failures);
  if (causes.includes('host')) return { type: 'pause', reasons: ['hostUnreachable'], reason };
  if (causes.includes('worker')) return { type: 'pause', reasons: ['deadline'], reason };
  const isBroken = [...failures.keys()].some((id) => run.broken.has(id));
  if (!isBroken && failures.size <= context.plan.policy.maxFailures) return { type: 'done' };
  return onFailure(policy, reason);
}

export function onFailure(
  policy: 'rollback' | 'pause',
  reason: string,
): Exclude<StepResult, { readonly type: 'done' }> {
  return policy === 'rollback' ? { type: 'rollback', reason } : { type: 'pause', reasons: ['failure'], reason };
}

/** "bot.1@fra-1: not healthy within 2m" */
export function whyOf(reasons: ReadonlyMap<string, string>): string {
  return list([...reasons].map(([instance, reason]) => `${instance}: ${reason}`));
}

/** Watches what was updated, and judges it. */
export async function watchBake(context: RolloutContext, run: Run, step: Watching): Promise<StepResult> {
  const updated = run.updated.filter((id) => !isSkipped(context, run, id));
  const { worse, unseen, length } = await bake(context, { ...run, updated }, step);
  const urgent = urgentResult(context);
  if (urgent) return urgent;
  // a bake that was cut short has not been one: it starts afresh
  if (worse.size === 0 && length === 'cut') return pauseAsked();
  if (worse.size === 0 && unseen.length === 0) return { type: 'done' };
  if (worse.size === 0) {
    const reason = `${list(unseen)} could not be seen while baking`;
    return { type: 'pause', reasons: ['hostUnreachable'], reason };
  }
  const result = await goesBack(context, run, worse);
  return result.type === 'done' ? watchBake(context, run, step) : result;
}

/**
 * What got worse goes back either way; the policy decides about the others, and about a slot as a whole. `done` when so many
 * failures are tolerated.
 */
export async function goesBack(
  context: RolloutContext,
  run: Run,
  worse: ReadonlyMap<string, string>,
): Promise<StepResult> {
  const { policy } = context.plan;
  const isTooMany = failuresOf(context, run).size + worse.size > policy.maxFailures;
  if (isTooMany && policy.onFailure === 'rollback') return { type: 'rollback', reason: whyOf(worse) };
  const alone = new Map([...worse].filter(([id]) => instanceOf(context, id).slot === undefined));
  await takeBack(context, run, alone);
  const urgent = urgentResult(context);
  if (urgent) return urgent;
  if (alone.size < worse.size) return onFailure(policy.onFailure, whyOf(worse));
  return judge(context, run, { instances: [], onFailure: policy.onFailure });
}

async function takeBack(context: RolloutContext, run: Run, worse: ReadonlyMap<string, string>): Promise<void> {
  for (let waiting = [...worse.keys()]; waiting.length > 0 && !context.controls.signal().aborted;) {
    const found = nextBatch(context, run, waiting);
    // those that got worse are most likely out already
    const batch = found.length > 0 ? found : waiting.slice(0, 1);
    waiting = waiting.filter((id) => !batch.includes(id));
    requireOurs(await Promise.all(batch.map((instance) => back(context, run, instance))));
    batch.filter((id) => !run.broken.has(id)).forEach((id) => run.failed.set(id, worse.get(id)!));
  }
}

/** Canaries that failed and were tolerated, or whose host is skipped, are none any more. */
async function watchCanaries(
  context: RolloutContext,
  run: Run,
  step: Extract<Step, { type: 'analyze' }>,
): Promise<StepResult> {
  const isGone = (id: string) => run.failed.has(id) || run.broken.has(id) || isSkipped(context, run, id);
  const canaries = step.canaries.filter((id) => !isGone(id));
  if (canaries.length > 0) return analyze(context, run, { ...step, canaries });
  return { type: 'pause', reasons: ['inconclusive'], reason: 'no canary is left that runs the release' };
}

export function pauseAsked(): PauseResult {
  return { type: 'pause', reasons: ['manual'], reason: 'asked to pause' };
}
