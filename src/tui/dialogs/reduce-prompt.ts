import type { Action } from '../actions.ts';
import { promptInFront } from './front.ts';
import { Secret } from '../secret.ts';
import type { UiState } from '../state.ts';

type PromptAction = Extract<Action, { type: 'asked' | 'unasked' | 'answer' }>;

export function reducePrompt(state: UiState, action: PromptAction): UiState {
  switch (action.type) {
    case 'asked':
      return { ...state, prompt: { words: action.words, text: new Secret(), openedAt: state.now } };
    case 'unasked':
    case 'answer':
      return { ...state, prompt: undefined };
  }
}

/** A question that waited behind a dialog comes up now: keys that were meant for the dialog are no answer to it. */
export function comeUp(before: UiState, after: UiState): UiState {
  if (!after.prompt || !before.prompt || promptInFront(before) || !promptInFront(after)) return after;
  return { ...after, prompt: { ...after.prompt, openedAt: after.now } };
}
