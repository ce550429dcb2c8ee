import { type Area, type Row, row, rowWidth, span } from '../text/row.ts';

/** A line across the screen, with a title in it where one is given. */
export function rule({ columns, glyphs }: Area, title = ''): Row {
  if (title === '') return row(span(glyphs.rule.repeat(columns), 'muted'));
  const label = ` ${title} `;
  const rest = Math.max(0, columns - rowWidth(row(label)) - 1);
  return row(span(glyphs.rule, 'muted'), span(label, 'strong'), span(glyphs.rule.repeat(rest), 'muted'));
}
