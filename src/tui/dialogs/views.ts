import type { UiState } from '../state.ts';
import type { Item } from './item.ts';

/** Saved views of the fleet, and a place for the one that is shown. */
export function viewItems({ remembered }: UiState, text: string): readonly Item[] {
  const name = text.trim();
  const isFound = (one: string) => one.toLowerCase().includes(name.toLowerCase());
  const saved = remembered.views.filter(([one]) => isFound(one));
  const opens = saved.map(([one, { filter, solo }]): Item => ({
    ...{ lead: '', title: one, isClosed: false, stays: false },
    note: [solo === undefined ? '' : `${solo} alone`, filter === '' ? 'all' : `only "${filter}"`]
      .filter(Boolean)
      .join(', '),
    pick: () => [{ type: 'openView', name: one }],
  }));
  if (name === '') return opens;
  const save: Item = {
    ...{ lead: '+', title: name, isClosed: false, stays: false },
    note: remembered.views.some(([one]) => one === name) ? 'save over it' : 'save what is shown under this name',
    pick: () => [{ type: 'saveView', name }],
  };
  return [...opens, save];
}
