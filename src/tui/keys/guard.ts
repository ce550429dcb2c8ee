import { promptInFront } from '../dialogs/front.ts';
import { GUARD_MS, type UiState } from '../state.ts';

/**
 * Whether the question has only just come up: then an answer to it was meant for something else. Each answer that comes too
 * soon begins the moment anew, so that a key which is held down never answers.
 */
export function isTooSoon(state: UiState): boolean {
  const asked = askedAt(state);
  return asked !== undefined && state.now - asked < GUARD_MS;
}

function askedAt(state: UiState): number | undefined {
  const { dialog, planning } = state;
  if (dialog) return 'openedAt' in dialog ? dialog.openedAt : planning?.shownAt;
  return promptInFront(state)?.openedAt ?? planning?.shownAt;
}

/** The moment begins anew. */
export function guardedAnew(state: UiState): UiState {
  const { now, dialog, planning } = state;
  const prompt = promptInFront(state);
  if (dialog && 'openedAt' in dialog) return { ...state, dialog: { ...dialog, openedAt: now } };
  if (prompt) return { ...state, prompt: { ...prompt, openedAt: now } };
  return planning ? { ...state, planning: { ...planning, shownAt: now } } : state;
}
