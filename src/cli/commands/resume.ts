import { Cancelled, LockedError, UserError } from '../../base/errors.ts';
import { mergeFleet } from '../../rollout/fleet.ts';
import { plannedHosts } from '../../rollout/targets.ts';
import type { Unfinished } from '../../rollout/unfinished.ts';
import { unfinishedWords } from '../../rollout/unfinished-words.ts';
import { ask, askYes } from '../ask.ts';
import { type CliContext, type GlobalOptions, isInteractive, say, sayJson, speak, warn } from '../context.ts';
import { openStage, type OpenStage } from '../open.ts';
import { fleetLines } from '../report/fleet.ts';
import { fleetSentences } from '../report/plain-fleet.ts';
import { sentence } from '../report/speech.ts';
import { buildLine, type RolloutFlags, runRollout } from '../run-rollout.ts';
import { unfinishedText } from '../standing.ts';
import { tellIn } from './tell.ts';

export interface ResumeFlags extends GlobalOptions, RolloutFlags {
  readonly continue?: boolean;
  readonly rollback?: boolean;
  readonly accept?: boolean;
}

export type Way = 'continue' | 'rollback' | 'accept';

/** A rollout that waits at another terminal goes on; of one that nobody runs any more a person says what becomes of it. */
export async function resume(context: CliContext, stage: string, flags: ResumeFlags): Promise<number> {
  const session = await openStage(context, stage, flags);
  try {
    const unfinished = await findGone(session);
    if (unfinished === undefined) return await tellIn(context, session, { ...flags, intent: { type: 'resume' } });
    if (flags.json !== true) tellUnfinished(context, session, unfinished);
    const way = chosen(flags) ?? (await choose(context, stage));
    return await endUnfinished(context, session, { way, unfinished, flags });
  } finally {
    await session.close();
  }
}

/** Undefined while somebody runs it. */
export async function findGone(session: OpenStage): Promise<Unfinished | undefined> {
  try {
    return await session.unfinished();
  } catch (thrown) {
    if (thrown instanceof LockedError) return undefined;
    throw thrown;
  }
}

/** What it meant to do, and what every instance really runs. */
function tellUnfinished(context: CliContext, session: OpenStage, unfinished: Unfinished): void {
  const fleet = mergeFleet(unfinished.readings, session.instances);
  const [what, where] = unfinishedWords(unfinished);
  // while a rollout has the stage, nothing of it counts as drift
  const ways = { reconcile: '', unlock: '', now: context.clock.now() };
  speak(context, {
    lines: () => [`${what}.`, `${where}:`, ...fleetLines(fleet).map((line) => `  ${line}`)],
    sentences: () => [...fleetSentences(session, fleet, ways), sentence(unfinishedText(unfinished))],
  });
}

function chosen({ continue: goOn, rollback, accept }: ResumeFlags): Way | undefined {
  const ways: readonly (readonly [Way, boolean | undefined])[] = [
    ['continue', goOn],
    ['rollback', rollback],
    ['accept', accept],
  ];
  const named = ways.flatMap(([way, isNamed]) => (isNamed === true ? [way] : []));
  if (named.length < 2) return named[0];
  throw new UserError({
    code: 'SLIP_ONE_WAY',
    message: `There is one way out at a time, not ${named.map((way) => `--${way}`).join(' and ')}.`,
  });
}

async function choose(context: CliContext, stage: string): Promise<Way> {
  if (!isInteractive(context)) {
    throw new UserError({
      code: 'SLIP_NEEDS_CHOICE',
      message: `What becomes of the rollout of ${stage} was not said, and there is no terminal to ask.`,
      mend: 'Give --continue (do the rest), --rollback (go back) or --accept (leave all as it is), and --yes.',
    });
  }
  const answer = await ask(context, {
    text: 'Continue, roll back, or accept it as it is? [c/r/a] ',
    spoken: 'Type c to do the rest of it, r to roll back, or a to accept it as it is; anything else changes nothing.',
  });
  switch (answer?.trim().toLowerCase()) {
    case 'c':
      return 'continue';
    case 'r':
      return 'rollback';
    case 'a':
      return 'accept';
    default:
      throw new Cancelled('Nothing was chosen: it stays as it is.');
  }
}

export interface Going {
  readonly way: Way;
  readonly unfinished: Unfinished;
  readonly flags: RolloutFlags;
}

/** Makes of it what a person has decided. */
export async function endUnfinished(
  context: CliContext,
  session: OpenStage,
  { way, unfinished, flags }: Going,
): Promise<number> {
  const { rollout: takes, plan } = unfinished;
  const only = plannedHosts(plan, session.hosts);
  const onBuildLine = buildLine(context);
  switch (way) {
    case 'continue':
      return runRollout(context, session, {
        plan: (signal) => session.planContinue(unfinished, { signal, onBuildLine }),
        flags,
      });
    case 'rollback':
      return runRollout(context, session, { plan: (signal) => session.planRollback({ only, takes, signal }), flags });
    case 'accept':
      return acceptIt(context, session, { unfinished, flags });
  }
}

async function acceptIt(
  context: CliContext,
  session: OpenStage,
  { unfinished, flags }: Pick<Going, 'unfinished' | 'flags'>,
): Promise<number> {
  if (flags.yes !== true) {
    if (!isInteractive(context)) {
      throw new UserError({
        code: 'SLIP_NEEDS_YES',
        message: 'Leaving it as it is was not confirmed, and there is no terminal to ask.',
        mend: 'Give --yes.',
      });
    }
    const what = 'Leave every instance as it is, and give the stage free?';
    const isSure = await askYes(context, { text: what, spoken: what });
    if (!isSure) throw new Cancelled('Not confirmed: it stays as it is.');
  }
  const untold = await session.accept(unfinished);
  if (flags.json) sayJson(context, { v: 1, accepted: unfinished.rollout, untold });
  else say(context, `${session.stage} is free; every instance stays as it is.`);
  untold.forEach((host) => warn(context, `${host} could not be told: its lock is taken over by the next rollout`));
  return untold.length > 0 ? 3 : 0;
}
