import { unreachable } from '../../../base/errors.ts';
import type { Action } from '../../actions.ts';
import type { UiState } from '../../state.ts';

type HistoryAction = Extract<Action, { type: 'historyReading' | 'historyRead' | 'historyFailed' }>;

/** Who changed what, as the hosts tell it. */
export function reduceHistory(state: UiState, action: HistoryAction): UiState {
  const { trail } = state;
  switch (action.type) {
    case 'historyReading':
      return { ...state, trail: { ...trail, reading: true } };
    case 'historyRead':
      return { ...state, trail: { trail: action.trail, reading: false, problem: undefined } };
    case 'historyFailed':
      return { ...state, trail: { ...trail, reading: false, problem: action.problem } };
    default:
      return unreachable(action);
  }
}

export function historyOpened(state: UiState): UiState {
  return { ...state, cursor: { ...state.cursor, history: 0 } };
}
