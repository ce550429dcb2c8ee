import { plural } from '../../../base/text.ts';
import type { UiState } from '../../state.ts';
import { type Area, type Row, blank, row, span, spread } from '../../text/row.ts';
import { besideRows } from './beside.ts';
import { heightOf, layoutOf, windowUpTo } from './geometry.ts';
import { headRow } from './head.ts';
import { lineRows } from './line-rows.ts';
import { bottomOf, cursorOf } from './move.ts';
import { hostsRow, sideRows, type SourcesLook } from './sources.ts';

/** The lines of all instances in one pane. Only those on the screen are built. */
export function logsRows(state: UiState, area: Area): Row[] {
  const { logs, now } = state;
  if (!logs) return [];
  const layout = layoutOf(logs, area);
  const look = { logs, layout, area, now };
  if (logs.beside)
    return [headRow(look), ...besideRows(logs.beside, { ...look, layout: { ...layout, rows: area.rows - 1 } })];
  const lines = paneRows(look);
  if (layout.side === 0) return [headRow(look), hostsRow(look), ...lines];
  const side = sideRows(look);
  const beside = Array.from({ length: layout.rows }, (_, index) => {
    const right = side[index];
    return right ? spread(lines[index] ?? blank, right, area) : (lines[index] ?? blank);
  });
  return [headRow(look), ...beside];
}

function paneRows(look: SourcesLook): Row[] {
  const { logs, layout } = look;
  const { shown } = logs;
  const none = emptyRows(look);
  const window = windowUpTo(shown, bottomOf(logs), { rows: layout.rows - none.length, height: heightOf(logs, layout) });
  const marked = logs.held ? cursorOf(logs) : -1;
  // what stands still does not grow older either
  const now = logs.held?.since ?? look.now;
  const rows: Row[] = none;
  for (let index = window.start; index <= window.end; index += 1) {
    rows.push(...lineRows(shown.at(index)!, { ...look, now, isMarked: index === marked }));
  }
  return rows.slice(0, layout.rows);
}

/** That there is no line, and why: nobody may take an empty screen for a quiet one. */
function emptyRows({ logs, area }: SourcesLook): Row[] {
  const { filter, alone, shown, sources } = logs;
  if (shown.lines > 0) return [];
  const said = (words: string, key: string, does: string) => [
    row(span(`  ${area.glyphs.waiting} ${words}; `, 'muted'), span(key, 'key'), span(` ${does}`, 'muted')),
  ];
  if (filter !== '') return said(`no line matches "${filter}"`, '/', 'changes it');
  if (alone !== undefined) return said(`no lines yet from ${alone}`, '0', 'shows all');
  return [row(span(`  ${area.glyphs.waiting} no lines yet from ${plural(sources.length, 'log')}`, 'muted'))];
}
