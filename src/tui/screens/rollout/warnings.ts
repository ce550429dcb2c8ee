import type { RolloutView } from '../../state.ts';
import { paragraph } from '../../text/paragraph.ts';
import { type Area, type Row, span } from '../../text/row.ts';

/** The newest warnings, with what mends them; as many as there is room for, none of them in halves. */
export function warningRows(view: RolloutView, area: Area): Row[] {
  let shown: Row[] = [];
  for (const { host, message, mend } of view.state.warnings.toReversed()) {
    const text = `${host === undefined ? '' : `${host}: `}${message}`;
    const rows = paragraph(text, area, { lead: span(` ${area.glyphs.warn} `, 'warn'), style: 'warn' });
    if (mend !== undefined)
      rows.push(...paragraph(mend, area, { lead: span(`   ${area.glyphs.arrow} `), style: 'muted' }));
    if (shown.length > 0 && shown.length + rows.length > area.rows) break;
    shown = [...rows.slice(0, area.rows), ...shown];
  }
  return shown;
}
