import { unreachable } from '../../base/errors.ts';
import type { Action } from '../actions.ts';
import { standingLock } from '../screens/fleet/select.ts';
import { type Dialog, isRunning, screenOf, type StandingView, type UiState } from '../state.ts';
import { choice } from './choice.ts';

type StandingAction = Extract<Action, { type: 'openDialog' | 'closeDialog' | 'standingFound' | 'accept' | 'tell' }>;

/** Questions over the screen, above all about a rollout that has the stage and was not started here. */
export function reduceStanding(state: UiState, action: StandingAction): UiState {
  switch (action.type) {
    case 'openDialog':
      return { ...state, dialog: action.dialog };
    case 'closeDialog':
      return closed(state);
    case 'accept':
    case 'tell':
      return { ...state, dialog: undefined };
    case 'standingFound':
      return found(state, action.standing);
    default:
      return unreachable(action);
  }
}

/** One that nobody runs any more is asked about, once, and never over anything that a person is at. */
function found(state: UiState, standing: StandingView | undefined): UiState {
  const next = { ...state, standing };
  if (standing?.controller !== 'gone' || standing.unfinished.rollout === state.putOff) return next;
  const isFree = !state.dialog && !state.prompt && !state.planning && !isRunning(state);
  return isFree && screenOf(state) === 'fleet' ? { ...next, dialog: standingDialog(standing, state.now) } : next;
}

export function standingDialog({ controller }: StandingView, now: number): Dialog {
  return controller === 'gone' ? choice('unfinished', now) : choice('elsewhere', now);
}

/** Hosts that are free again have no rollout standing. */
export function stillStanding(state: UiState): UiState {
  return state.standing && !standingLock(state) ? { ...state, standing: undefined } : state;
}

/** Who closes the question has put it off: it does not come up by itself again. */
function closed(state: UiState): UiState {
  const { dialog, standing } = state;
  const isPutOff = dialog?.name === 'unfinished' && standing?.controller === 'gone';
  return { ...state, dialog: undefined, ...(isPutOff ? { putOff: standing.unfinished.rollout } : {}) };
}
