import type { Move } from '../actions.ts';
import type { PaletteDialog, UiState } from '../state.ts';
import { foundActions } from './palette.ts';

/** What is typed finds other actions: the first of them is marked. */
export function paletteTyped(state: UiState, dialog: PaletteDialog, change: (text: string) => string): UiState {
  return { ...state, dialog: { ...dialog, text: change(dialog.text), chosen: 0 } };
}

/** Marks the action above or below; undefined when the palette is not open. */
export function foundMoved(state: UiState, to: Move): UiState | undefined {
  const { dialog } = state;
  if (dialog?.name !== 'palette') return undefined;
  const { length } = foundActions(state, dialog);
  if (length === 0) return state;
  return { ...state, dialog: { ...dialog, chosen: (dialog.chosen + (to === 'up' ? -1 : 1) + length) % length } };
}
