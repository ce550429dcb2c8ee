import type { UserAction } from '../actions.ts';
import type { UiState } from '../state.ts';
import type { Binding } from './binding.ts';
import type { KeyName } from './input.ts';

/** What a binding does, or why it does nothing now. */
export function done(binding: Binding, state: UiState, key?: KeyName): readonly UserAction[] {
  const reason = binding.disabledReason?.(state);
  if (reason !== undefined) return [{ type: 'notify', text: `${binding.label}: ${reason}`, style: 'warn' }];
  return [binding.run(state, key) ?? []].flat();
}
