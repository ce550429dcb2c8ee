import type { UserAction } from '../actions.ts';
import type { Binding } from '../keys/binding.ts';
import type { UiState } from '../state.ts';
import { optionsOf } from './options.ts';
import { picked } from './palette.ts';

/** Doing what is marked: answers lead to what their own keys do. */
// prettier-ignore
export const choosingKeys: readonly Binding[] = [
  { id: 'choose', keys: ['enter'], label: 'choose', help: 'Do what is marked.', scopes: ['ask', 'quit', 'unfinished', 'elsewhere'], priority: 2, guarded: true, twin: 'view', run: choose },
  { id: 'pick', keys: ['enter'], label: 'do it', help: 'Do what is marked.', scopes: ['palette'], priority: 1, twin: 'view', run: pick },
];

function choose(state: UiState): UserAction | undefined {
  const { dialog } = state;
  if (!dialog || !('focus' in dialog)) return undefined;
  const option = optionsOf(dialog).find(({ id }) => id === dialog.focus);
  return option && done(option, state)[0];
}

/** The palette goes, then it is as if the key had been pressed. */
function pick(state: UiState): readonly UserAction[] {
  const binding = picked(state);
  return [{ type: 'closeDialog' }, ...(binding ? done(binding, { ...state, dialog: undefined }) : [])];
}

/** What a binding does, or why it does nothing now. */
export function done(binding: Binding, state: UiState): readonly UserAction[] {
  const reason = binding.disabledReason?.(state);
  if (reason !== undefined) return [{ type: 'notify', text: `${binding.label}: ${reason}`, style: 'warn' }];
  return [binding.run(state) ?? []].flat();
}
