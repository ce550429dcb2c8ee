import { type Area, type Row, row, span } from '../text/row.ts';
import { cut, width } from '../text/width.ts';

/** A line that is being typed. */
export function field(label: string, text: string, { columns, glyphs }: Area): Row {
  const lead = label === '' ? ` ${glyphs.pointer} ` : ` ${label}: `;
  const room = columns - width(lead) - 3;
  // the end of a long text is where it is being typed
  const shown = width(text) > room ? `${glyphs.ellipsis}${text.slice(-(room - 1))}` : text;
  return row(span(lead, 'muted'), span(cut(shown, room, glyphs.ellipsis), 'strong'), span(glyphs.cursor, 'key'));
}
