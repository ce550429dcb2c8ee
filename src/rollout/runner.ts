import type { HostState } from '../host/state.ts';
import type { ReceiveAnswer } from '../host/verbs.ts';
import { enterPhase, type RolloutContext } from './context.ts';
import { endRollout, type Ending } from './ending.ts';
import type { PauseReason } from './events.ts';
import { giveBack, lockAll } from './locking.ts';
import type { Plan } from './plan.ts';
import { stepTitle } from './step-title.ts';
import { rollBack } from './reverting.ts';
import { createRun, reach, type Run } from './run.ts';
import type { RolloutOutcome } from './session.ts';
import { stageAll } from './staging.ts';
import { hearWishes } from './wishes.ts';
import { pauseAsked, runStep, type StepResult, urgentResult, whyOf } from './steps.ts';

/**
 * Walks a plan to its end. Throws (LockedError, RemoteError, UserError) only while nothing that users see has been changed;
 * from then on every end is an outcome.
 */
export async function runRollout(planned: RolloutContext): Promise<RolloutOutcome> {
  const { events, journal, controls } = planned;
  events.subscribe((event) => journal.write(event));
  events.emit({ type: 'rollout.planned', plan: planned.plan });
  events.emit({ type: 'rollout.started' });
  packAhead(planned);
  const { held, said, early } = await lockAll(planned);
  journal.begin(planned.id, planned.hosts, hearWishes(planned));
  try {
    const context = await underLock({ ...planned, early }, said);
    const run = createRun(context.already);
    enterPhase(context, 'Staging', '');
    const stopped = await stage(context);
    const ending = stopped ?? (await walk(context, run));
    // what was asked of a rollout that has ended by itself is moot
    controls.takeUrgent();
    return await endRollout(context, run, ending);
  } catch (thrown) {
    // nothing may still be at work there when the lock is released
    await Promise.allSettled(early.values());
    await giveBack(planned, held);
    throw thrown;
  } finally {
    await journal.close();
  }
}

/** The first to need the payload finds it made, or learns why it could not be. */
function packAhead({ hosts, delivery, controls }: RolloutContext): void {
  for (const way of hosts.map((host) => delivery.to(host))) {
    if (way.type === 'send') way.pack(controls.signal()).catch(() => undefined);
  }
}

/** Between the plan that was shown and the lock somebody may have been at work: what the hosts say now counts. */
async function underLock(context: RolloutContext, said: readonly HostState[]): Promise<RolloutContext> {
  const { plan, ledger, instances } = await context.replan(said);
  const delivery = { ...context.delivery, ledger };
  if (said.length === 0) return { ...context, plan, instances, delivery };
  // what went out early was meant for the hosts as they were
  await Promise.allSettled(context.early.values());
  const now = { ...context, plan, instances, delivery, early: new Map<string, Promise<ReceiveAnswer>>() };
  const told = ({ steps, instances: planned }: Plan) => JSON.stringify([steps, planned]);
  if (told(plan) === told(context.plan)) return now;
  context.events.emit({ type: 'warning', message: 'The hosts have changed since they were read: planned again.' });
  context.events.emit({ type: 'rollout.planned', plan });
  return now;
}

/** Undefined when every host is ready; an ending when somebody stopped it first. */
async function stage(context: RolloutContext): Promise<Ending | undefined> {
  const { controls, events, plan } = context;
  events.emit({ type: 'rollout.step', index: 1, of: plan.steps.length, title: stepTitle(plan.steps[0]!) });
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
  const { plan, events, controls } = context;
  enterPhase(context, 'Progressing', '');
  for (let index = 1; index < plan.steps.length;) {
    // a pause that was asked for takes effect between two steps, and not after the last one
    const paused = controls.wantsPause() ? await goOn(context, run, pauseAsked()) : undefined;
    if (paused?.type === 'ended') return paused.ending;
    const step = plan.steps[index]!;
    events.emit({ type: 'rollout.step', index: index + 1, of: plan.steps.length, title: stepTitle(step) });
    const result = await runStep(context, run, step);
    const next = await goOn(context, run, result);
    if (next.type === 'ended') return next.ending;
    if (result.type === 'done') index += 1;
  }
  return { type: 'succeeded' };
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
      return ended(abortedEnding(run));
    case 'leave':
      return ended({ type: 'left' });
    case 'ended':
      return ended(result.ending);
  }
}

function abortedEnding(run: Run): Ending {
  switch (reach(run)) {
    case 'nothing':
      return { type: 'cancelled', reason: 'aborted' };
    case 'back':
      return { type: 'rolledBack', reason: 'aborted' };
    case 'changed':
      return { type: 'aborted' };
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
  if (plan.kind === 'rollback' && !reasons.includes('manual')) return pauseRollback(context, reason);
  controls.enter('Paused');
  events.emit({ type: 'rollout.paused', reasons, reason });
  if (context.whenPaused === 'end') return { type: 'ended', ending: { type: 'paused', phase: 'Paused', reason } };
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
  for (let also: 'none' | 'broken' = 'none'; ; also = 'broken') {
    const way = await rollBack(context, run, { reason, also });
    if (way === 'back') return { type: 'rolledBack', reason };
    if (way === 'left') return { type: 'left' };
    const answer = await pauseRollback(context, whyOf(run.broken));
    if (answer.type === 'ended') return answer.ending;
    if (answer.type === 'abort') return { type: 'aborted' };
    if (answer.type === 'leave') return { type: 'left' };
  }
}

/** A rollback is never rolled back: it waits for a person, who may let it try once more. */
async function pauseRollback(context: RolloutContext, reason: string): Promise<StepResult> {
  const phase = 'RollbackPaused';
  context.events.emit({ type: 'rollout.paused', reasons: ['failure'], reason });
  enterPhase(context, phase, reason);
  if (context.whenPaused === 'end') return { type: 'ended', ending: { type: 'paused', phase, reason } };
  return waitForPerson(context);
}
