import { formatDuration } from '../base/duration.ts';
import { enterPhase, type RolloutContext } from './context.ts';
import { endRollout, type Ending } from './ending.ts';
import type { PauseReason } from './events.ts';
import { lockAll, unlockAll } from './locking.ts';
import type { Step } from './plan.ts';
import { rollBack } from './reverting.ts';
import { createRun, hasChanged, type Run } from './run.ts';
import type { RolloutOutcome } from './session.ts';
import { stageAll } from './staging.ts';
import { runStep, type StepResult, urgentResult } from './steps.ts';

/**
 * Walks a plan to its end. Throws (LockedError, RemoteError, UserError) only while nothing that users see has been changed;
 * from then on every end is an outcome.
 */
export async function runRollout(planned: RolloutContext): Promise<RolloutOutcome> {
  const { events, journal, controls } = planned;
  events.subscribe((event) => journal.write(event));
  events.emit({ type: 'rollout.planned', plan: planned.plan });
  events.emit({ type: 'rollout.started' });
  await lockAll(planned);
  try {
    const context = await underLock(planned);
    await journal.open(context.id, context.hosts);
    const run = createRun();
    enterPhase(context, 'Staging', '');
    const stopped = await stage(context);
    const ending = stopped ?? (await walk(context, run));
    // what was asked of a rollout that has ended by itself is moot
    controls.takeUrgent();
    return await endRollout(context, run, ending);
  } catch (thrown) {
    await unlockAll(planned);
    throw thrown;
  } finally {
    await journal.close();
  }
}

/** Between the plan that was shown and the lock somebody may have been at work: what the hosts say now counts. */
async function underLock(context: RolloutContext): Promise<RolloutContext> {
  const plan = await context.replan();
  if (JSON.stringify(plan.steps) === JSON.stringify(context.plan.steps)) return { ...context, plan };
  context.events.emit({ type: 'warning', message: 'The hosts have changed since they were read: planned again.' });
  context.events.emit({ type: 'rollout.planned', plan });
  return { ...context, plan };
}

/** Undefined when every host is ready; an ending when somebody stopped it first. */
async function stage(context: RolloutContext): Promise<Ending | undefined> {
  const { controls, events, plan } = context;
  events.emit({ type: 'rollout.step', index: 1, of: plan.steps.length, title: titleOf(plan.steps[0]!) });
  const signal = controls.signal();
  try {
    await stageAll(context, signal);
  } catch (thrown) {
    // what breaks off because it was told to is no failure
    if (!signal.aborted) throw thrown;
  }
  return controls.takeUrgent() ? { type: 'cancelled', reason: 'asked to stop' } : undefined;
}

async function walk(context: RolloutContext, run: Run): Promise<Ending> {
  const { plan, events } = context;
  enterPhase(context, 'Progressing', '');
  for (let index = 1; index < plan.steps.length;) {
    const step = plan.steps[index]!;
    events.emit({ type: 'rollout.step', index: index + 1, of: plan.steps.length, title: titleOf(step) });
    const result = await runStep(context, run, step);
    const after = result.type === 'done' ? pauseAsked(context) : result;
    const next = await goOn(context, run, after);
    if (next.type === 'ended') return next.ending;
    if (result.type === 'done') index += 1;
  }
  return { type: 'succeeded' };
}

/** A pause that was asked for takes effect between two steps. */
function pauseAsked({ controls }: RolloutContext): StepResult {
  return controls.wantsPause() ? { type: 'pause', reasons: ['manual'], reason: 'asked to pause' } : { type: 'done' };
}

type Next = { readonly type: 'goOn' } | { readonly type: 'ended'; readonly ending: Ending };

async function goOn(context: RolloutContext, run: Run, result: StepResult): Promise<Next> {
  switch (result.type) {
    case 'done':
      return { type: 'goOn' };
    case 'pause':
      return goOn(context, run, await pause(context, result));
    case 'rollback':
      return ended(await goBack(context, run, result.reason));
    case 'abort':
      enterPhase(context, 'Aborting', 'asked to abort');
      return ended(hasChanged(run) ? { type: 'aborted' } : { type: 'cancelled', reason: 'aborted' });
    case 'leave':
      return ended({ type: 'left' });
    case 'ended':
      return ended(result.ending);
  }
}

const ended = (ending: Ending): Next => ({ type: 'ended', ending });

interface Pause {
  readonly reasons: readonly PauseReason[];
  readonly reason: string;
}

/** Waits for a person, or ends with the lock kept for one. A failed rollback is RollbackPaused: it is never rolled back. */
async function pause(context: RolloutContext, { reasons, reason }: Pause): Promise<StepResult> {
  const { controls, events, plan } = context;
  const phase = plan.kind === 'rollback' && !reasons.includes('manual') ? 'RollbackPaused' : 'Paused';
  controls.enter(phase);
  events.emit({ type: 'rollout.paused', reasons, reason });
  if (phase === 'RollbackPaused') events.emit({ type: 'rollout.phase', phase, reason });
  if (context.whenPaused === 'end') return { type: 'ended', ending: { type: 'paused', phase, reason } };
  return waitForPerson(context);
}

async function waitForPerson(context: RolloutContext): Promise<StepResult> {
  const { controls, events, owner } = context;
  for (;;) {
    const urgent = urgentResult(context);
    if (urgent) return urgent;
    const intent = await controls.next();
    if (intent === 'pause') continue;
    if (intent !== 'resume') continue; // urgent: taken at the top
    controls.clearPause();
    events.emit({ type: 'rollout.resumed', by: owner.who });
    enterPhase(context, 'Progressing', 'resumed');
    return { type: 'done' };
  }
}

async function goBack(context: RolloutContext, run: Run, reason: string): Promise<Ending> {
  for (;;) {
    const way = await rollBack(context, run, reason);
    if (way === 'back') return { type: 'rolledBack', reason };
    if (way === 'left') return { type: 'left' };
    const phase = 'RollbackPaused';
    enterPhase(context, phase, reason);
    if (context.whenPaused === 'end') return { type: 'paused', phase, reason };
    const answer = await waitForPerson(context);
    if (answer.type === 'abort') return { type: 'aborted' };
    if (answer.type === 'leave') return { type: 'left' };
    run.broken.clear(); // resume: once more
  }
}

function titleOf(step: Step): string {
  switch (step.type) {
    case 'stage':
      return `stage on ${step.hosts.join(', ')}`;
    case 'update':
      return `update ${step.instances.join(', ')}`;
    case 'bake':
      return `bake for ${formatDuration(step.ms)}`;
    case 'retire':
      return `retire ${step.instances.join(', ')}`;
  }
}
