import type { UiState } from '../../state.ts';
import { windowStart } from '../../layout.ts';
import { type Area, type Row, blank, row, selectedIf, span } from '../../text/row.ts';
import { pad, width } from '../../text/width.ts';

/** Which stage? */
export function stageRows(state: UiState, area: Area): Row[] {
  const { stages } = state;
  const rows = area.rows - 2;
  const start = windowStart(state.cursor.stages, stages.length, rows);
  const widest = Math.max(...stages.map((one) => width(one.stage)), 0);
  return [
    row(span(' Choose a stage:', 'muted')),
    blank,
    ...stages.slice(start, start + rows).map((one, index) => {
      const isSelected = start + index === state.cursor.stages;
      const pointer = isSelected ? area.glyphs.pointer : ' ';
      const name = span(` ${pointer} ${pad(one.stage, widest)}`);
      return selectedIf(isSelected, row(name, one.protected ? span('   protected', 'warn') : ''));
    }),
  ];
}
