import { paragraph } from '../../text/paragraph.ts';
import { type Area, type Row, row, span } from '../../text/row.ts';
import type { Check } from './preflight.ts';

/** What was found on the hosts before it starts, each with its mend. */
export function preflightRows(checks: readonly Check[], area: Area): Row[] {
  const { glyphs } = area;
  if (checks.length === 0) return [row(span(`   ${glyphs.ok} nothing stands in the way on the hosts`, 'ok'))];
  return checks.flatMap(({ host, severity, what, mend }) => {
    const [glyph, style] = severity === 'missing' ? ([glyphs.bad, 'bad'] as const) : ([glyphs.warn, 'warn'] as const);
    const head = paragraph(`${host}: ${what}`, area, { lead: span(`   ${glyph} `, style) });
    const below =
      mend === undefined ? [] : paragraph(mend, area, { lead: span(`     ${glyphs.arrow} `), style: 'muted' });
    return [...head, ...below];
  });
}
