import type { UserAction } from '../actions.ts';
import type { Binding } from '../keys/binding.ts';
import { done } from '../keys/done.ts';
import type { UiState } from '../state.ts';
import { optionsOf } from './options.ts';
import { picked } from './pick.ts';

const CHOICES = ['ask', 'quit', 'unfinished', 'elsewhere'] as const;
const PICKS = ['palette', 'views', 'columns'] as const;

/** Doing what is marked: answers lead to what their own keys do. */
// prettier-ignore
export const choosingKeys: readonly Binding[] = [
  { id: 'choose', keys: ['enter'], label: 'choose', help: 'Do what is marked.', scopes: CHOICES, priority: 2, guarded: true, twin: 'view', run: choose },
  { id: 'pick', keys: ['enter'], label: 'choose', help: 'Do what is marked.', scopes: PICKS, priority: 1, twin: 'view', run: picked },
];

function choose(state: UiState): readonly UserAction[] {
  const { dialog } = state;
  if (!dialog || !('focus' in dialog)) return [];
  const option = optionsOf(dialog).find(({ id }) => id === dialog.focus);
  return option ? done(option, state) : [];
}
