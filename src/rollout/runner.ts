import type { HostState } from '../host/state.ts';
import type { ReceiveAnswer } from '../host/receiving.ts';
import { enterPhase, type RolloutContext } from './context.ts';
import { endRollout, type Ending } from './ending.ts';
import { freeLeft, giveBack, lockAll } from './locking.ts';
import { pause, type Resumed, waitForPerson } from './pausing.ts';
import type { Plan, Step } from './plan.ts';
import { stepTitle } from './step-title.ts';
import { rollBack } from './reverting.ts';
import { createRun, reach, type Run } from './run.ts';
import type { RolloutOutcome } from './session.ts';
import { stageAll } from './staging.ts';
import { hearWishes } from './wishes.ts';
import { pauseAsked, runStep, type StepResult } from './steps.ts';

/**
 * Walks a plan to its end. Throws (LockedError, RemoteError, UserError) only while nothing that users see has been changed;
 * from then on every end is an outcome, but for a stage that somebody took over: what stands there is theirs to tell.
 */
export async function runRollout(planned: RolloutContext): Promise<RolloutOutcome> {
  const { events, journal, controls } = planned;
  events.subscribe((event) => journal.write(event));
  events.emit({ type: 'rollout.planned', plan: planned.plan });
  events.emit({ type: 'rollout.started' });
  packAhead(planned);
  const { held, said, early } = await lockAll(planned);
  journal.begin(planned.id, planned.hosts, hearWishes(planned));
  if (planned.decided) events.emit(planned.decided);
  const freed = freeLeft(planned);
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
    await freed;
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
    // a word for one gate is for the next step
    if (step.type !== 'gate') run.approval = undefined;
    if (isDropped(run, step)) {
      index += 1;
      continue;
    }
    events.emit({ type: 'rollout.step', index: index + 1, of: plan.steps.length, title: stepTitle(step) });
    const next = await goOn(context, run, await runStep(context, run, step));
    if (next.type === 'ended') return next.ending;
    if (next.type === 'done') index += 1;
  }
  return { type: 'succeeded' };
}

/** By a person's word for all that is left; health is waited for all the same. */
function isDropped({ fullApproval }: Run, { type }: Step): boolean {
  return fullApproval !== undefined && (type === 'bake' || type === 'analyze');
}

type Next = { readonly type: 'done' | 'again' } | { readonly type: 'ended'; readonly ending: Ending };

async function goOn(context: RolloutContext, run: Run, result: StepResult): Promise<Next> {
  const next: Resumed = result.type === 'pause' ? await pause(context, run, result) : result;
  switch (next.type) {
    case 'done':
    case 'again':
      return next;
    case 'rollback':
      return ended(await goBack(context, run, next.reason));
    case 'abort':
      return ended(abort(context, run));
    case 'leave':
      return ended({ type: 'left' });
    case 'ended':
      return next;
  }
}

function abort(context: RolloutContext, run: Run): Ending {
  enterPhase(context, 'Aborting', 'asked to abort');
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

/** A rollback is never rolled back: it waits for a person, who may let it try once more. */
async function goBack(context: RolloutContext, run: Run, reason: string): Promise<Ending> {
  for (let also: 'none' | 'broken' = 'none'; ; also = 'broken') {
    const way = await rollBack(context, run, { reason, also });
    if (way.type === 'back') return { type: 'rolledBack', reason };
    if (way.type === 'left') return { type: 'left' };
    if (way.type === 'aborted') return abort(context, run);
    const waits = { phase: 'RollbackPaused', reasons: ['failure'], reason: way.reason } as const;
    const said = await waitForPerson(context, run, waits);
    if (said.type === 'ended') return said.ending;
    if (said.type === 'abort') return abort(context, run);
  }
}
