import { Cancelled } from '../base/errors.ts';
import type { PreparedRollout } from '../rollout/session.ts';
import { confirmPlan } from './ask.ts';
import { type CliContext, note, say, sayJson } from './context.ts';
import { type OnInterrupt, stayWith } from './follow.ts';
import type { LimitFlags, OpenStage } from './open.ts';
import { planLines } from './report/plan.ts';
import { createTextReport } from './report/text.ts';
import { troubleLines } from './report/trouble.ts';

export interface RolloutFlags extends LimitFlags {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly onInterrupt: OnInterrupt;
}

export interface Running {
  readonly plan: (signal: AbortSignal) => Promise<PreparedRollout>;
  readonly flags: RolloutFlags;
  /** `typed`: the stage's name has to be typed, protected or not. */
  readonly confirm?: 'typed';
}

/** What deploy and rollback share: show the plan, ask, run, report. Answers with the exit code. */
export async function runRollout(
  context: CliContext,
  session: OpenStage,
  { plan, flags, confirm }: Running,
): Promise<number> {
  const prepared = await interruptible(plan);
  const json = flags.json === true;
  if (!json) planLines(prepared).forEach((line) => say(context, line));
  if (flags.dryRun || prepared.alreadyLive) {
    if (json) sayJson(context, { v: 1, type: 'plan', alreadyLive: prepared.alreadyLive, plan: prepared.plan });
    return 0;
  }
  const confirmed = await confirmPlan(context, prepared.plan, {
    yes: flags.yes === true,
    protected: session.protected || confirm === 'typed',
  });
  if (!confirmed) throw new Cancelled('Not confirmed: nothing was changed.');
  // tables are slow to load
  const isWatched = !json && prepared.plan.steps.some(({ type }) => type === 'analyze');
  const tables = isWatched ? await import('./report/analysis.ts') : {};
  const rollout = session.start(prepared);
  rollout.subscribe(json ? (event) => sayJson(context, event) : createTextReport((line) => say(context, line), tables));
  const outcome = await stayWith(context, rollout, flags);
  if (json) {
    const { exitCode, message, next } = outcome;
    sayJson(context, { v: 1, type: 'result', exitCode, message, next, code: outcome.error?.code });
  } else if (outcome.error) {
    troubleLines(outcome.error).forEach((line) => note(context, line));
  } else {
    say(context, outcome.message);
    if (outcome.next !== undefined) say(context, `  next: ${outcome.next}`);
  }
  return outcome.exitCode;
}

/** Planning changes nothing: a signal ends it at once, with 130. */
async function interruptible(plan: (signal: AbortSignal) => Promise<PreparedRollout>): Promise<PreparedRollout> {
  const interrupted = new AbortController();
  const onSignal = () => interrupted.abort();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  signals.forEach((signal) => process.on(signal, onSignal));
  try {
    return await plan(interrupted.signal);
  } catch (thrown) {
    throw interrupted.signal.aborted ? new Cancelled() : thrown;
  } finally {
    signals.forEach((signal) => process.off(signal, onSignal));
  }
}

/** What a build says goes beside the report. */
export function buildLine(context: CliContext): (line: string) => void {
  return (line) => note(context, `build │ ${line}`);
}
