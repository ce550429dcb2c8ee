import { plural } from '../../base/text.ts';
import type { WishedIntent } from '../../rollout/wishes.ts';
import { endUnfinished, type Way } from '../commands/resume.ts';
import { tellIn } from '../commands/tell.ts';
import { complain } from '../complain.ts';
import { buildLine, runRollout } from '../run-rollout.ts';
import { choose, numbered } from './choose.ts';
import type { Ended, Here } from './menu.ts';
import { FLAGS } from './rollouts.ts';

/** What there is to decide on the stage; undefined when there is nothing. */
export function decisionWords({ standing, fleet }: Here): string | undefined {
  switch (standing?.type) {
    case 'gone':
      return 'decide what becomes of the unfinished rollout';
    case 'alive':
      return 'ask the rollout that somebody runs to pause, to go on, or to stop';
    case 'unknown':
      return 'say again what is known of the unfinished rollout';
    case undefined:
      return fleet.drift.length === 0
        ? undefined
        : `bring back what has drifted, ${plural(fleet.drift.length, 'instance')}`;
  }
}

export async function decideHere(here: Here): Promise<Ended> {
  const { context, session, standing } = here;
  switch (standing?.type) {
    case 'gone':
      return endHere(here, standing.unfinished);
    case 'alive':
      return askHere(here);
    case 'unknown':
      complain(context, standing.trouble);
      return {};
    case undefined: {
      const onBuildLine = buildLine(context);
      const plan = (signal: AbortSignal) => session.planReconcile({ signal, onBuildLine });
      return { rollout: await runRollout(context, session, { plan, flags: FLAGS }) };
    }
  }
}

type Unfinished = Extract<NonNullable<Here['standing']>, { type: 'gone' }>['unfinished'];

async function endHere({ context, session }: Here, unfinished: Unfinished): Promise<Ended> {
  const way = await choose<Way>(context, {
    title: 'What shall become of it?',
    back: 'leave it, and go back to the menu',
    all: numbered<Way>([
      ['do the rest of it', 'continue'],
      ['roll back to what was good before', 'rollback'],
      ['accept it: every instance stays as it is, and the stage is free', 'accept'],
    ]),
  });
  if (way === undefined) return {};
  return { rollout: await endUnfinished(context, session, { way, unfinished, flags: FLAGS }) };
}

const WISHES: readonly (readonly [says: string, intent: WishedIntent])[] = [
  ['pause when the instance in hand is through', { type: 'pause' }],
  ['go on', { type: 'resume' }],
  ['approve, so that a canary or a slot goes on', { type: 'approve', scope: 'step', why: '' }],
  ['stop where it stands', { type: 'abort' }],
  ['roll back', { type: 'rollback' }],
];

async function askHere({ context, session }: Here): Promise<Ended> {
  const title = 'What shall it be asked to do?';
  const intent = await choose(context, { title, back: 'nothing, go back to the menu', all: numbered(WISHES) });
  if (intent !== undefined) await tellIn(context, session, { intent });
  return {};
}
