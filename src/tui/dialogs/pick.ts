import { unreachable } from '../../base/errors.ts';
import type { UserAction } from '../actions.ts';
import { field } from '../components/field.ts';
import { rule } from '../components/rule.ts';
import { windowStart } from '../layout.ts';
import type { PickDialog, UiState } from '../state.ts';
import { type Area, type Row, row, selectedIf, span } from '../text/row.ts';
import { pad, width } from '../text/width.ts';
import { columnItems } from './columns.ts';
import type { Item } from './item.ts';
import { foundActions } from './palette.ts';
import { viewItems } from './views.ts';

/** What there is to pick from, for what is typed. */
export function itemsOf(state: UiState, { name, text }: PickDialog): readonly Item[] {
  switch (name) {
    case 'palette':
      return foundActions(state, text);
    case 'views':
      return viewItems(state, text);
    case 'columns':
      return columnItems(state, text);
    default:
      return unreachable(name);
  }
}

/** Does what is marked. The list goes first, unless it stays. */
export function picked(state: UiState): readonly UserAction[] {
  const { dialog } = state;
  if (!dialog || !('chosen' in dialog)) return [];
  const item = itemsOf(state, dialog)[dialog.chosen];
  if (!item) return [];
  return [...(item.stays ? [] : [{ type: 'closeDialog' } as const]), ...item.pick(state)];
}

const TITLES: Readonly<Record<PickDialog['name'], string>> = {
  palette: 'Commands',
  views: 'Saved views',
  columns: 'Columns',
};

const NOTHING: Readonly<Record<PickDialog['name'], string>> = {
  palette: 'nothing is called so here',
  views: 'nothing is saved yet: type a name and press Enter',
  columns: 'no column is called so',
};

export function pickRows(state: UiState, dialog: PickDialog, area: Area): Row[] {
  const items = itemsOf(state, dialog);
  const rows = Math.max(1, Math.min(area.rows - 4, 14));
  const start = windowStart(dialog.chosen, items.length, rows);
  const leads = Math.max(0, ...items.map(({ lead }) => width(lead)));
  const titles = Math.max(0, ...items.map(({ title }) => width(title)));
  const list = items.slice(start, start + rows).map((item, offset) => {
    const isChosen = start + offset === dialog.chosen;
    const lead = ` ${isChosen ? area.glyphs.pointer : ' '} ${pad(item.lead, leads)}  `;
    const title = span(`${pad(item.title, titles)}  `, item.isClosed ? 'muted' : 'plain');
    return selectedIf(isChosen, row(span(lead, 'key'), title, span(item.note, 'muted')));
  });
  const none = items.length === 0 ? [row(span(`   ${NOTHING[dialog.name]}`, 'muted'))] : [];
  const count = items.length === 0 ? '' : `  ${dialog.chosen + 1} of ${items.length}`;
  return [rule(area, `${TITLES[dialog.name]}${count}`), field('', dialog.text, area), ...list, ...none];
}
