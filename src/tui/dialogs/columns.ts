import { FLEET_COLUMNS, shownColumns } from '../screens/fleet/columns.ts';
import type { UiState } from '../state.ts';
import type { Item } from './item.ts';
import { themeOf } from '../theme.ts';

/** The columns of the fleet; picking one shows or hides it. */
export function columnItems(state: UiState, text: string): readonly Item[] {
  const shown = shownColumns(state);
  const { glyphs } = themeOf(state.looks);
  return FLEET_COLUMNS.filter(({ title }) => title.toLowerCase().includes(text.trim().toLowerCase())).map(
    ({ title, drop }): Item => ({
      lead: shown.has(title) ? glyphs.ok : ' ',
      title,
      note: title === 'INSTANCE' ? 'always shown' : drop === 0 ? '' : 'leaves by itself where room is short',
      isClosed: title === 'INSTANCE',
      stays: true,
      pick: () => [{ type: 'toggleColumn', column: title }],
    }),
  );
}
