import { windowStart } from '../../layout.ts';
import type { UiState } from '../../state.ts';
import { type Area, type Row, row, selectedIf, span } from '../../text/row.ts';
import { age } from '../../components/signs.ts';
import { pad } from '../../text/width.ts';

/** Everything that was said at the bottom of the screen, the newest first. */
export function messageRows(state: UiState, area: Area): Row[] {
  const newestFirst = state.messages.toReversed();
  if (newestFirst.length === 0) return [row(span(' Nothing was said yet.', 'muted'))];
  const start = windowStart(state.cursor.messages, newestFirst.length, area.rows);
  return newestFirst.slice(start, start + area.rows).map(({ at, text, style }, offset) => {
    const isSelected = start + offset === state.cursor.messages;
    const when = age(state.now - at);
    const sign = style === 'ok' ? area.glyphs.ok : style === 'bad' ? area.glyphs.bad : area.glyphs.warn;
    const lead = ` ${isSelected ? area.glyphs.pointer : ' '} ${pad(when === 'now' ? 'now' : `${when} ago`, 10)} `;
    return selectedIf(isSelected, row(span(lead, 'muted'), span(`${sign} ${text}`, style)));
  });
}
