import { sanitise } from '../../base/sanitise.ts';
import type { UserAction } from '../actions.ts';
import type { UiState } from '../state.ts';
import { isTooSoon } from './disabled.ts';
import { type KeyName, isCharacter } from './input.ts';
import { press } from './press.ts';
import { bindingsOf, scopeOf } from './table.ts';

/** What a key means in this state; undefined when it means nothing here. */
export function resolve(state: UiState, key: KeyName): UserAction | undefined {
  const binding = bindingsOf(scopeOf(state)).find((one) => one.keys.includes(key));
  if (!binding) return isTyping(state) && isCharacter(key) ? { type: 'typed', text: key } : undefined;
  const reason = binding.disabledReason?.(state);
  if (reason !== undefined) return { type: 'notify', text: `${binding.label}: ${reason}`, style: 'warn' };
  return binding.guarded && isTooSoon(state) ? undefined : press[binding.id](state);
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
  return ['ref', 'typeStage', 'answer'].includes(scopeOf(state));
}
