import type { Changes } from '../../rollout/changes.ts';
import { screenOf, type UiState } from '../state.ts';
import type { ChangesView } from '../wizard.ts';
import { liveRevision, pickedRef } from './deploy/select.ts';
import { selectedRelease } from './releases/select.ts';

/** From the revision that is live to another one: what does that change? */
export type Question = Pick<ChangesView, 'from' | 'to'>;

/** What the screen would like to know; undefined where nothing is to be asked. */
export function questionOf(state: UiState): Question | undefined {
  const from = liveRevision(state);
  const to = wantedRevision(state);
  return to === undefined || to === from ? undefined : { from, to };
}

function wantedRevision(state: UiState): string | undefined {
  const screen = screenOf(state);
  if (screen === 'releases') return selectedRelease(state)?.revision;
  const pick = screen === 'deploy' ? pickedRef(state) : undefined;
  return pick?.type === 'ref' ? pick.ref.revision : undefined;
}

/** Undefined while git is asked. */
export function answerTo(question: Question, { changes }: UiState): Changes | undefined {
  return isSameQuestion(question, changes) ? changes?.changes : undefined;
}

export function isSameQuestion(one: Question | undefined, other: Question | undefined): boolean {
  return one !== undefined && other !== undefined && one.from === other.from && one.to === other.to;
}
