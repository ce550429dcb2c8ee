import { keyLabel } from '../keys/label.ts';
import type { ChoiceDialog, UiState } from '../state.ts';
import { paragraph } from '../text/paragraph.ts';
import { type Area, type Row, selectedIf, span } from '../text/row.ts';
import { pad } from '../text/width.ts';
import { optionsOf } from './options.ts';

/** The answers, each with its key, and with why it is closed now; the marked one is what Enter does. */
export function optionRows(state: UiState, dialog: ChoiceDialog, area: Area): Row[] {
  return optionsOf(dialog).flatMap((binding) => {
    const isFocused = binding.id === dialog.focus;
    const reason = binding.disabledReason?.(state);
    const text = reason === undefined ? binding.help : `${binding.label} (not now: ${reason})`;
    const lead = ` ${isFocused ? area.glyphs.pointer : ' '} ${pad(keyLabel(binding.keys[0]!), 4)} `;
    const style = reason === undefined ? 'plain' : 'muted';
    const rows = paragraph(text, area, {
      lead: span(lead, reason === undefined ? 'key' : 'muted'),
      style,
      most: area.rows < 14 ? 1 : 3,
    });
    return rows.map((one) => selectedIf(isFocused, one));
  });
}
