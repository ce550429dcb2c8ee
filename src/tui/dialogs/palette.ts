import fuzzysort from 'fuzzysort';
import { keyLabel } from '../keys/label.ts';
import type { Binding } from '../keys/binding.ts';
import { done } from '../keys/done.ts';
import { bindingsOf } from '../keys/table.ts';
import { screenOf, type UiState } from '../state.ts';
import type { Item } from './item.ts';

/** Moving about and the palette itself are not looked for by name. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  ...['up', 'down', 'pageUp', 'pageDown', 'first', 'last', 'palette', 'interrupt', 'erase', 'eraseAll'],
]);

/** What the palette finds for what is typed: every action of the screen below it, the best match first. */
export function foundActions(state: UiState, text: string): readonly Item[] {
  const all = bindingsOf(screenOf(state)).filter(({ id }) => !LEFT_OUT.has(id));
  if (text.trim() === '') return harmlessFirst(all).map((binding) => itemOf(binding, state));
  const found = fuzzysort.go(text.trim(), all, { keys: ['label', 'id', 'help'], threshold: 0.2, limit: 0 });
  return found.map(({ obj }) => itemOf(obj, state));
}

/** Enter on a list in which nobody has looked for anything never does what changes hosts. */
function harmlessFirst(all: readonly Binding[]): readonly Binding[] {
  return [...all.filter(({ danger }) => !danger), ...all.filter(({ danger }) => danger)];
}

function itemOf(binding: Binding, state: UiState): Item {
  const reason = binding.disabledReason?.({ ...state, dialog: undefined });
  return {
    lead: binding.keys.map(keyLabel).join(' '),
    title: binding.label,
    note: reason === undefined ? binding.help : `not now: ${reason}`,
    isClosed: reason !== undefined,
    stays: false,
    // as if its key had been pressed
    pick: (now) => done(binding, { ...now, dialog: undefined }),
  };
}
