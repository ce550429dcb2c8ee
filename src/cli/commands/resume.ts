import { Cancelled, LockedError, UserError } from '../../base/errors.ts';
import { mergeFleet } from '../../rollout/fleet.ts';
import { plannedHosts } from '../../rollout/targets.ts';
import type { Unfinished } from '../../rollout/unfinished.ts';
import { unfinishedWords } from '../../rollout/unfinished-words.ts';
import { ask } from '../ask.ts';
import { type CliContext, type GlobalOptions, isInteractive, say, sayJson, warn } from '../context.ts';
import { openStage, type OpenStage } from '../open.ts';
import { fleetLines } from '../report/fleet.ts';
import { buildLine, type RolloutFlags, runRollout } from '../run-rollout.ts';
import { tellIn } from './tell.ts';

export interface ResumeFlags extends GlobalOptions, RolloutFlags {
  readonly continue?: boolean;
  readonly rollback?: boolean;
  readonly accept?: boolean;
}

type Way = 'continue' | 'rollback' | 'accept';

/** A rollout that waits at another terminal goes on; of one that nobody runs any more a person says what becomes of it. */
export async function resume(context: CliContext, stage: string, flags: ResumeFlags): Promise<number> {
  const session = await openStage(context, stage, flags);
  try {
    const unfinished = await findGone(session);
    if (unfinished === undefined) return await tellIn(context, session, { ...flags, intent: { type: 'resume' } });
    if (flags.json !== true) linesOf(session, unfinished).forEach((line) => say(context, line));
    const way = chosen(flags) ?? (await choose(context, stage));
    return await go(context, session, { way, unfinished, flags });
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
function linesOf({ instances }: OpenStage, unfinished: Unfinished): readonly string[] {
  const [what, where] = unfinishedWords(unfinished);
  return [
    `${what}.`,
    `${where}:`,
    ...fleetLines(mergeFleet(unfinished.readings, instances)).map((line) => `  ${line}`),
  ];
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
  const answer = await ask(context, 'Continue, roll back, or accept it as it is? [c/r/a] ');
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

interface Going {
  readonly way: Way;
  readonly unfinished: Unfinished;
  readonly flags: ResumeFlags;
}

async function go(context: CliContext, session: OpenStage, { way, unfinished, flags }: Going): Promise<number> {
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
    const typed = await ask(context, 'Leave every instance as it is, and give the stage free? [y/N] ');
    if (!/^y(es)?$/i.test(typed ?? '')) throw new Cancelled('Not confirmed: it stays as it is.');
  }
  const untold = await session.accept(unfinished);
  if (flags.json) sayJson(context, { v: 1, accepted: unfinished.rollout, untold });
  else say(context, `${session.stage} is free; every instance stays as it is.`);
  untold.forEach((host) => warn(context, `${host} could not be told: its lock is taken over by the next rollout`));
  return untold.length > 0 ? 3 : 0;
}
