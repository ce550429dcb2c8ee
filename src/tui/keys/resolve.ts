import { sanitise } from '../../base/sanitise.ts';
import type { UserAction } from '../actions.ts';
import { promptInFront } from '../dialogs/front.ts';
import type { UiState } from '../state.ts';
import { done } from './done.ts';
import { isTypedInto } from './binding.ts';
import { isTooSoon } from './guard.ts';
import { type KeyName, isCharacter } from './input.ts';
import { bindingsOf, scopeOf } from './table.ts';

/** What a key means in this state; nothing when it means nothing here. */
export function resolve(state: UiState, key: KeyName): readonly UserAction[] {
  const binding = bindingsOf(scopeOf(state)).find((one) => one.keys.includes(key));
  if (!binding) return isTyping(state) && isCharacter(key) ? [{ type: 'typed', text: key }] : [];
  const isOpen = binding.disabledReason?.(state) === undefined;
  return isOpen && binding.guarded && isTooSoon(state) ? [{ type: 'tooSoon' }] : done(binding, state, key);
}

/** Pasted text belongs into a text field; anywhere else it would be keys that nobody pressed. */
export function resolvePaste(state: UiState, text: string): UserAction {
  if (!isTyping(state)) return { type: 'notify', text: 'the pasted text was ignored', style: 'warn' };
  if (scopeOf(state) === 'answer') return { type: 'typed', text: firstLine(text) };
  return { type: 'typed', text: sanitise(text.trim()).replace(/\s+/g, ' ') };
}

/** A secret is taken to the letter; only the line end that came along is not part of it. */
function firstLine(text: string): string {
  return (text.split(/[\r\n]/, 1)[0] ?? '').replace(/[\u0000-\u001f\u007f]/g, '');
}

function isTyping(state: UiState): boolean {
  const { dialog } = state;
  const prompt = promptInFront(state);
  if (dialog) return 'text' in dialog;
  return prompt ? prompt.words.answer !== 'yesNo' : isTypedInto(scopeOf(state));
}
