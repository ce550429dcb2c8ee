import type { Answer } from './controls.ts';
import { enterPhase, type RolloutContext } from './context.ts';
import { failuresOf, isSettled, type Run } from './run.ts';
import { change, judge, type PauseResult, type StepResult, urgentResult } from './steps.ts';

/** What becomes of the step that was paused: `done` goes on behind it, `again` with it. */
export type Resumed = Exclude<StepResult, PauseResult> | { readonly type: 'again' };

/**
 * Waits for a person, or ends with the lock kept for one. What a person wants to have tried again is tried here, so that it is
 * through, or paused anew, before the step goes on.
 */
export async function pause(context: RolloutContext, run: Run, first: PauseResult): Promise<Resumed> {
  // a rollback is never rolled back: it waits as one that has failed
  const isBack = context.plan.kind === 'rollback';
  for (let now = first; ;) {
    const phase = isBack && !now.reasons.includes('manual') ? 'RollbackPaused' : 'Paused';
    const said = await waitForPerson(context, run, { ...now, phase });
    if (said.type !== 'again' && said.type !== 'done' && said.type !== 'tryAgain') return said;
    enterPhase(context, 'Progressing', 'resumed');
    if (said.type !== 'tryAgain') return said;
    const result = await change(context, run, said);
    if (result.type === 'done') return { type: 'again' };
    if (result.type !== 'pause') return result;
    now = result;
  }
}

export interface Waits extends Omit<PauseResult, 'type'> {
  readonly phase: 'Paused' | 'RollbackPaused';
}

type Said =
  | Exclude<Resumed, { readonly type: 'leave' }>
  | { readonly type: 'tryAgain'; readonly instances: readonly string[]; readonly onFailure: 'rollback' | 'pause' };

/** Enters the pause and waits there. Who is answered enters the phase that follows. */
export async function waitForPerson(context: RolloutContext, run: Run, waits: Waits): Promise<Said> {
  const { controls, plan, whenPaused } = context;
  const { phase, reason, reasons } = waits;
  if (whenPaused === 'end') controls.close(`whoever ran it has ended: slipway resume ${plan.stage}`);
  tell(context, run, waits);
  if (whenPaused === 'end') return { type: 'ended', ending: { type: 'paused', phase, reason, reasons } };
  for (let now = waits; ;) {
    const urgent = urgentResult(context);
    // who leaves a pause leaves it to whoever comes
    if (urgent?.type === 'leave') return { type: 'ended', ending: { ...now, type: 'paused' } };
    if (urgent) return urgent;
    const answers = controls.takeAnswers();
    if (answers.length === 0) {
      await controls.next();
      continue;
    }
    const said = hear(context, run, { answers, waits: now });
    if (said.type !== 'pause') return said;
    now = { phase, reason: said.reason, reasons: said.reasons };
    tell(context, run, now);
  }
}

/** Why it waits, to whoever listens and to what decides about intents. */
function tell(context: RolloutContext, run: Run, { phase, reasons, reason }: Waits): void {
  const { controls, events, plan } = context;
  const failed = [...new Set([...run.failed.keys(), ...run.broken.keys()])];
  const hosts = plan.hosts.map(({ host }) => host).filter((host) => !run.skipped.has(host));
  controls.wait({ pauseReasons: reasons, failed, hosts, hasSlots: plan.slots !== undefined });
  if (controls.phase() !== phase) {
    if (phase === 'Paused') controls.enter(phase);
    else enterPhase(context, phase, reason);
  }
  events.emit({ type: 'rollout.paused', reasons, reason, ...(failed.length === 0 ? {} : { failed }) });
}

interface Heard {
  readonly answers: readonly Answer[];
  readonly waits: Waits;
}

/** All that was answered counts before it goes on; it stays paused while something else stands in the way. */
function hear(context: RolloutContext, run: Run, { answers, waits }: Heard): Said | PauseResult {
  const { controls, events } = context;
  for (const answer of answers) note(context, run, answer);
  const said = whatNext(context, run, { answers, waits });
  if (said.type === 'pause') return said;
  const { by } = answers.at(-1)!;
  controls.clearPause();
  const accepted = said.type === 'done' ? { accepted: 'inconclusive' as const, why: run.approval?.why ?? '' } : {};
  events.emit({ type: 'rollout.resumed', by, ...accepted });
  return said;
}

function note(context: RolloutContext, run: Run, { intent, by }: Answer): void {
  if (intent.type === 'skip') skip(context, run, { host: intent.host, by });
  if (intent.type !== 'approve') return;
  run.approval = { by, why: intent.why };
  if (intent.scope === 'all') run.fullApproval = run.approval;
}

function whatNext(context: RolloutContext, run: Run, { answers, waits }: Heard): Said | PauseResult {
  const { plan } = context;
  const isResumed = answers.some(({ intent }) => intent.type === 'resume');
  const named = answers.flatMap(({ intent }) => (intent.type === 'retry' ? [intent.instance] : []));
  const instances = [...new Set([...(isResumed ? failuresOf(context, run).keys() : []), ...named])];
  if (instances.length > 0) {
    const onFailure = isResumed && plan.kind !== 'rollback' ? plan.policy.onFailure : 'pause';
    return { type: 'tryAgain', instances, onFailure };
  }
  // a verdict that was accepted is behind us; a gate takes the word by itself
  if (waits.reasons.includes('inconclusive') && run.approval !== undefined) return { type: 'done' };
  // in a person's hands it goes back by their word alone
  const left = judge(context, run, { instances: [], onFailure: 'pause' });
  return left.type === 'pause' ? left : { type: 'again' };
}

interface Skip {
  readonly host: string;
  readonly by: string;
}

/** What was to be done there stays as it is; what has failed there counts no more. */
function skip(context: RolloutContext, run: Run, { host, by }: Skip): void {
  const { plan, events } = context;
  const left = plan.instances.filter(
    (one) => one.host === host && one.change !== 'none' && !isSettled(context, run, one.instance),
  );
  run.skipped.set(host, by);
  events.emit({ type: 'host.skipped', host, by });
  for (const { instance, from } of left)
    events.emit({ type: 'instance.state', instance, state: 'skipped', release: from, reason: `skipped by ${by}` });
}
