import { promptInFront } from '../dialogs/front.ts';
import { dialogKeys } from '../dialogs/keys.ts';
import { choosingKeys } from '../dialogs/choosing.ts';
import { deployKeys } from '../screens/deploy/keys.ts';
import { fleetKeys } from '../screens/fleet/keys.ts';
import { historyKeys } from '../screens/history/keys.ts';
import { logsKeys } from '../screens/logs/keys.ts';
import { releasesKeys } from '../screens/releases/keys.ts';
import { reviewKeys } from '../screens/review/keys.ts';
import { rolloutKeys } from '../screens/rollout/keys.ts';
import { stagesKeys } from '../screens/stages/keys.ts';
import { watchKeys } from '../screens/watch/keys.ts';
import type { UiState } from '../state.ts';
import { type Binding, isTypedInto, type Scope } from './binding.ts';
import { everywhereKeys } from './everywhere.ts';
import { isCharacter } from './input.ts';

/**
 * Every key there is; one that is not here does nothing. A function, since answers to questions are found in it by the very
 * keys that are part of it.
 */
export function keyTable(): readonly Binding[] {
  return [
    ...stagesKeys,
    ...fleetKeys,
    ...watchKeys,
    ...deployKeys,
    ...releasesKeys,
    ...historyKeys,
    ...reviewKeys,
    ...rolloutKeys,
    ...logsKeys,
    ...everywhereKeys,
    ...dialogKeys,
    ...choosingKeys,
  ];
}

export function scopeOf(state: UiState): Scope {
  return state.dialog?.name ?? askedFor(state) ?? state.screens.at(-1) ?? 'stages';
}

function askedFor(state: UiState): Scope | undefined {
  const prompt = promptInFront(state);
  return prompt && (prompt.words.answer === 'yesNo' ? 'trust' : 'answer');
}

/** Where text is typed, a character is text: what has no other key there is found in the palette. */
export function bindingsOf(scope: Scope): readonly Binding[] {
  const bindings = keyTable().filter(({ scopes }) => scopes.includes(scope));
  if (!isTypedInto(scope)) return bindings;
  return bindings.map((binding) => ({ ...binding, keys: binding.keys.filter((key) => !isCharacter(key)) }));
}
