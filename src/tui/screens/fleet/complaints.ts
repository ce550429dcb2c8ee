import { plural } from '../../../base/text.ts';
import { paragraph } from '../../text/paragraph.ts';
import { type Area, type Row, blank, row, span } from '../../text/row.ts';
import { type Complaint, complaints, type FleetLine, hostOfLine } from './select.ts';

/** Those of the host under the cursor come first: there may not be room for all. */
export function complaintsFrom(lines: readonly FleetLine[], at: FleetLine | undefined): readonly Complaint[] {
  const here = at && hostOfLine(at);
  const all = complaints(lines);
  return [...all.filter((one) => one.host === here), ...all.filter((one) => one.host !== here)];
}

/** What is missing on the hosts, each with its mend. */
export function complaintRows(all: readonly Complaint[], area: Area): Row[] {
  const found = all.flatMap(({ host, severity, what, mend }): Row[] => {
    const [glyph, style] =
      severity === 'missing' ? ([area.glyphs.bad, 'bad'] as const) : ([area.glyphs.warn, 'warn'] as const);
    const head = paragraph(`${host}: ${what}`, area, { lead: span(` ${glyph} `, style) });
    if (mend === undefined) return head;
    return [...head, ...paragraph(mend, area, { lead: span(`   ${area.glyphs.arrow} `), style: 'muted' })];
  });
  if (found.length === 0) return [];
  if (found.length < area.rows) return [blank, ...found];
  const hidden = found.length - area.rows + 2;
  return [blank, ...found.slice(0, area.rows - 2), row(span(`   ${plural(hidden, 'more line')}`, 'muted'))];
}
