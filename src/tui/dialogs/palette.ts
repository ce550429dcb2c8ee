import fuzzysort from 'fuzzysort';
import { keyLabel } from '../keys/label.ts';
import type { Binding } from '../keys/binding.ts';
import { bindingsOf } from '../keys/table.ts';
import { windowStart } from '../layout.ts';
import { type PaletteDialog, screenOf, type UiState } from '../state.ts';
import { type Area, type Row, row, selectedIf, span } from '../text/row.ts';
import { pad, width } from '../text/width.ts';
import { field } from '../components/field.ts';
import { rule } from '../components/rule.ts';

/** Moving about and the palette itself are not looked for by name. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'up',
  'down',
  'pageUp',
  'pageDown',
  'first',
  'last',
  'palette',
  'erase',
  'eraseAll',
  'interrupt',
]);

/** What the palette finds for what is typed: every action of the screen below it, the best match first. */
export function foundActions(state: UiState, { text }: PaletteDialog): readonly Binding[] {
  const all = bindingsOf(screenOf(state)).filter(({ id }) => !LEFT_OUT.has(id));
  if (text.trim() === '') return all;
  return fuzzysort.go(text.trim(), all, { keys: ['label', 'id', 'help'], threshold: 0.2 }).map(({ obj }) => obj);
}

/** The one that is marked. */
export function picked(state: UiState): Binding | undefined {
  const { dialog } = state;
  return dialog?.name === 'palette' ? foundActions(state, dialog)[dialog.chosen] : undefined;
}

export function paletteRows(state: UiState, dialog: PaletteDialog, area: Area): Row[] {
  const found = foundActions(state, dialog);
  const rows = Math.max(1, Math.min(area.rows - 4, 14));
  const start = windowStart(dialog.chosen, found.length, rows);
  const shown = found.slice(start, start + rows);
  const labels = Math.max(0, ...found.map(({ label }) => width(label)));
  const keys = Math.max(0, ...found.map((binding) => width(keysText(binding))));
  const list = shown.map((binding, offset) => {
    const isChosen = start + offset === dialog.chosen;
    const reason = binding.disabledReason?.({ ...state, dialog: undefined });
    const style = reason === undefined ? 'plain' : 'muted';
    return selectedIf(
      isChosen,
      row(
        span(` ${isChosen ? area.glyphs.pointer : ' '} ${pad(keysText(binding), keys)}  `, 'key'),
        span(`${pad(binding.label, labels)}  `, style),
        span(reason === undefined ? binding.help : `not now: ${reason}`, 'muted'),
      ),
    );
  });
  const none = found.length === 0 ? [row(span('   nothing is called so here', 'muted'))] : [];
  const count = `${found.length === 0 ? 0 : dialog.chosen + 1} of ${found.length}`;
  return [rule(area, `Commands  ${count}`), field('', dialog.text, area), ...list, ...none];
}

function keysText({ keys }: Binding): string {
  return keys.map(keyLabel).join(' ');
}
