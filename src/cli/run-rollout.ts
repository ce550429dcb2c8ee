import { Cancelled } from '../base/errors.ts';
import type { RolloutEvent } from '../rollout/events.ts';
import type { PreparedRollout, RolloutOutcome } from '../rollout/session.ts';
import { confirmPlan } from './ask.ts';
import { complain } from './complain.ts';
import { type CliContext, note, say, sayJson, speak } from './context.ts';
import { type OnInterrupt, stayWith } from './follow.ts';
import type { LimitFlags, OpenStage } from './open.ts';
import { planLines } from './report/plan.ts';
import { planSentences } from './report/plain-plan.ts';
import { createSentenceReport } from './report/sentences.ts';
import { quoted, sentence, toType } from './report/speech.ts';
import { createTextReport } from './report/text.ts';

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
  if (!json) speak(context, { lines: () => planLines(prepared), sentences: () => planSentences(prepared) });
  if (flags.dryRun || prepared.alreadyLive) {
    if (json) sayJson(context, { v: 1, type: 'plan', alreadyLive: prepared.alreadyLive, plan: prepared.plan });
    return 0;
  }
  const confirmed = await confirmPlan(context, prepared.plan, {
    yes: flags.yes === true,
    protected: session.protected || confirm === 'typed',
  });
  if (!confirmed) throw new Cancelled('Not confirmed: nothing was changed.');
  const report = json ? (event: RolloutEvent) => sayJson(context, event) : await reportOf(context, prepared);
  const rollout = session.start(prepared);
  rollout.subscribe(report);
  const outcome = await stayWith(context, rollout, flags);
  tellOutcome(context, outcome, json ? 'program' : 'people');
  return outcome.exitCode;
}

async function reportOf(context: CliContext, { plan }: PreparedRollout): Promise<(event: RolloutEvent) => void> {
  const write = (line: string) => say(context, line);
  if (context.voice === 'sentences') return createSentenceReport(write);
  // tables are slow to load
  const isWatched = plan.steps.some(({ type }) => type === 'analyze');
  return createTextReport(write, isWatched ? await import('./report/analysis.ts') : {});
}

function tellOutcome(context: CliContext, outcome: RolloutOutcome, whom: 'people' | 'program'): void {
  const { exitCode, message, next, error } = outcome;
  if (whom === 'program') sayJson(context, { v: 1, type: 'result', exitCode, message, next, code: error?.code });
  else if (error) complain(context, error);
  else
    speak(context, {
      lines: () => [message, ...(next === undefined ? [] : [`  next: ${next}`])],
      sentences: () => [
        sentence(message),
        ...(next === undefined ? [] : [sentence(`What to do next: ${toType(next)}`)]),
      ],
    });
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
  const words = (line: string) =>
    context.voice === 'sentences' ? sentence(`The build says: ${quoted(line)}`) : `build │ ${line}`;
  return (line) => note(context, words(line));
}
