import type { Move } from '../actions.ts';
import type { Binding } from '../keys/binding.ts';
import { bindingsOf } from '../keys/table.ts';
import type { ChoiceDialog, UiState } from '../state.ts';

/** The answers to a question, in their order. */
export function optionsOf({ name }: ChoiceDialog): readonly Binding[] {
  return bindingsOf(name).filter(({ priority, id }) => priority > 0 && id !== 'choose');
}

/** Marks the answer above or below; undefined when nothing is asked that has answers. */
export function focusMoved(state: UiState, to: Move): UiState | undefined {
  const { dialog } = state;
  if (!dialog || !('focus' in dialog)) return undefined;
  const ids = optionsOf(dialog).map(({ id }) => id);
  const at = ids.indexOf(dialog.focus) + (to === 'up' ? -1 : 1);
  return { ...state, dialog: { ...dialog, focus: ids[(at + ids.length) % ids.length]! } };
}
