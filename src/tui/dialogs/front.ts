import { isTypedInto } from '../keys/binding.ts';
import { type PromptView, screenOf, type UiState } from '../state.ts';

/**
 * What a host or a key asks, once nothing stands before it. It waits behind a dialog, and while something is typed: letters
 * that were meant for a ref must not end up in a passphrase.
 */
export function promptInFront(state: UiState): PromptView | undefined {
  return state.dialog || isTypedInto(screenOf(state)) ? undefined : state.prompt;
}
