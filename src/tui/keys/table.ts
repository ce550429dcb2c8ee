import { dialogKeys } from '../dialogs/keys.ts';
import { choosingKeys } from '../dialogs/choosing.ts';
import { fleetKeys } from '../screens/fleet/keys.ts';
import { releasesKeys } from '../screens/releases/keys.ts';
import { reviewKeys } from '../screens/review/keys.ts';
import { rolloutKeys } from '../screens/rollout/keys.ts';
import { stagesKeys } from '../screens/stages/keys.ts';
import type { UiState } from '../state.ts';
import type { Binding, Scope } from './binding.ts';
import { everywhereKeys } from './everywhere.ts';

/**
 * Every key there is; one that is not here does nothing. A function, since answers to questions are found in it by the very
 * keys that are part of it.
 */
export function keyTable(): readonly Binding[] {
  return [
    ...stagesKeys,
    ...fleetKeys,
    ...releasesKeys,
    ...reviewKeys,
    ...rolloutKeys,
    ...everywhereKeys,
    ...dialogKeys,
    ...choosingKeys,
  ];
}

export function scopeOf(state: UiState): Scope {
  return state.dialog?.name ?? askedFor(state) ?? state.screens.at(-1) ?? 'stages';
}

function askedFor({ prompt }: UiState): Scope | undefined {
  return prompt && (prompt.words.answer === 'yesNo' ? 'trust' : 'answer');
}

export function bindingsOf(scope: Scope): readonly Binding[] {
  return keyTable().filter(({ scopes }) => scopes.includes(scope));
}
