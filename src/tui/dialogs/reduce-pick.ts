import type { Move } from '../actions.ts';
import type { PickDialog, UiState } from '../state.ts';
import { itemsOf } from './pick.ts';

/** What is typed finds others: the first of them is marked. */
export function pickTyped(state: UiState, dialog: PickDialog, change: (text: string) => string): UiState {
  return { ...state, dialog: { ...dialog, text: change(dialog.text), chosen: 0 } };
}

/** Marks the one above or below; undefined when nothing is picked from. */
export function pickMoved(state: UiState, to: Move): UiState | undefined {
  const { dialog } = state;
  if (!dialog || !('chosen' in dialog)) return undefined;
  const { length } = itemsOf(state, dialog);
  if (length === 0) return state;
  return { ...state, dialog: { ...dialog, chosen: (dialog.chosen + (to === 'up' ? -1 : 1) + length) % length } };
}
