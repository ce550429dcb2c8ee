import { Cancelled, SlipwayError } from '../../base/errors.ts';
import type { Fleet } from '../../rollout/session.ts';
import { showHistory } from '../commands/history.ts';
import { showReleases } from '../commands/releases.ts';
import { complain } from '../complain.ts';
import { announce, type CliContext, say } from '../context.ts';
import type { OpenStage } from '../open.ts';
import { fleetSentences } from '../report/plain-fleet.ts';
import { findStanding, type StandingRollout, standingSentences } from '../standing.ts';
import { choose, chooseAgain, type Choices, numbered } from './choose.ts';
import { decideHere, decisionWords } from './decide.ts';
import { followLog } from './follow-log.ts';
import { deployHere, rollBackHere } from './rollouts.ts';

/** What the menu works on. */
export interface MenuStages {
  readonly stages: readonly string[];
  /** Opened at once; asked for when left out. */
  readonly initial?: string | undefined;
  /** Rollouts of it wait when they are paused. */
  readonly open: (stage: string) => OpenStage;
}

/** A stage that is open, and what was read of it last. */
export interface Here {
  readonly context: CliContext;
  readonly session: OpenStage;
  readonly fleet: Fleet;
  readonly standing: StandingRollout | undefined;
}

/**
 * The full-screen program for whoever does not look at a screen: what there is to say, then a menu of numbers. Answers with
 * the exit code of the last rollout, else 0.
 */
export async function runMenu(context: CliContext, { stages, initial, open }: MenuStages): Promise<number> {
  let exitCode = 0;
  let stage = initial ?? (stages.length === 1 ? stages[0] : await chooseStage(context, stages));
  while (stage !== undefined) {
    const session = open(stage);
    try {
      const end = await runStage(context, session, { stages, exitCode });
      ({ stage, exitCode } = end);
    } finally {
      await session.close();
    }
  }
  return exitCode;
}

interface End {
  /** The stage to go on with; undefined: leave. */
  readonly stage: string | undefined;
  readonly exitCode: number;
}

interface Running {
  readonly stages: readonly string[];
  readonly exitCode: number;
}

async function runStage(context: CliContext, session: OpenStage, { stages, ...before }: Running): Promise<End> {
  let { exitCode } = before;
  let here = await lookAround(context, session);
  let told: 'all' | 'again' = 'all';
  for (;;) {
    const choices = choicesOf(here);
    const act: Act | undefined = await (told === 'all' ? choose : chooseAgain)(context, choices);
    told = 'again';
    if (act === undefined) return { stage: undefined, exitCode };
    if (act === 'stage') {
      const next = await chooseStage(context, stages);
      if (next !== undefined && next !== session.stage) return { stage: next, exitCode };
      continue;
    }
    const ended = await orComplain(context, () => ACTS[act](here));
    exitCode = ended?.rollout ?? exitCode;
    // what was changed, or asked for, is read anew
    if (ended === undefined || ended.rollout !== undefined || act === 'status')
      here = await lookAround(context, session);
  }
}

type Act = 'status' | 'deploy' | 'rollback' | 'releases' | 'history' | 'log' | 'stage' | 'decide';

/** The exit code of a rollout, when there was one. */
export interface Ended {
  readonly rollout?: number;
}

const RECENT = 10;

const ACTS: Readonly<Record<Exclude<Act, 'stage'>, (here: Here) => Promise<Ended>>> = {
  status: () => Promise.resolve({}),
  deploy: deployHere,
  rollback: rollBackHere,
  releases: ({ context, session: { stage }, fleet }) => {
    showReleases(context, fleet, { stage });
    return Promise.resolve({});
  },
  history: async ({ context, session }) => {
    await showHistory(context, session, { most: RECENT });
    return {};
  },
  log: followLog,
  decide: decideHere,
};

function choicesOf(here: Here): Choices<Act> {
  const decision = decisionWords(here);
  return {
    title: `What do you want to do with ${here.session.stage}?`,
    back: 'quit',
    all: numbered<Act>([
      ['say the status again', 'status'],
      ['deploy', 'deploy'],
      ['roll back', 'rollback'],
      ['say the releases', 'releases'],
      [`say the last ${RECENT} changes`, 'history'],
      ['follow the log of an instance', 'log'],
      ['go to another stage', 'stage'],
      ...(decision === undefined ? [] : [[decision, 'decide'] as const]),
    ]),
  };
}

/** Reads the stage and says how it is. */
async function lookAround(context: CliContext, session: OpenStage): Promise<Here> {
  const fleet = await session.inspect();
  const standing = await findStanding(session, fleet);
  const ways = { reconcile: 'choose 8', unlock: `type “slipway unlock ${session.stage}” in another terminal` };
  const words = [
    ...fleetSentences(session, fleet, { ...ways, now: context.clock.now() }),
    ...standingSentences(standing, { decide: 'choose 8', ask: 'choose 8' }),
  ];
  words.forEach((line) => say(context, line));
  return { context, session, fleet, standing };
}

function chooseStage(context: CliContext, stages: readonly string[]): Promise<string | undefined> {
  return choose(context, {
    title: 'Which stage?',
    back: 'go back',
    all: numbered(stages.map((stage) => [stage, stage] as const)),
  });
}

/** What went wrong is told, and the menu goes on; undefined then, for nobody knows what is otherwise now. */
async function orComplain(context: CliContext, act: () => Promise<Ended>): Promise<Ended | undefined> {
  try {
    return await act();
  } catch (thrown) {
    if (!(thrown instanceof SlipwayError)) throw thrown;
    complain(context, thrown);
    announce(context, 'Back in the menu');
    return thrown instanceof Cancelled ? {} : undefined;
  }
}
