import { bodyOf } from '../layout.ts';
import type { UiState } from '../state.ts';
import { type Area, type Row, row, span, spread } from '../text/row.ts';
import { diagnosisRows } from './doctor/view.ts';
import { helpRows } from './help/view.ts';
import { preflight } from './review/preflight.ts';
import { planRows } from './review/view.ts';

type TextScreen = 'review' | 'help' | 'doctor';

function textRows(state: UiState, screen: TextScreen): Row[] {
  const area = bodyOf(state);
  if (screen === 'help') return helpRows(state, area);
  if (screen === 'doctor') return diagnosisRows(state, area);
  const prepared = state.planning?.prepared;
  return prepared ? planRows(prepared, preflight(state, prepared.plan), area) : [];
}

/** How many rows the text of the screen has. */
export function textLength(state: UiState, screen: TextScreen): number {
  return textRows(state, screen).length;
}

/** The part of a text that fits, and a word on what lies below it. */
export function scrolledRows(state: UiState, screen: TextScreen, area: Area): Row[] {
  const all = textRows(state, screen);
  if (all.length <= area.rows) return all;
  const rows = area.rows - 1;
  const start = Math.min(state.cursor[screen], all.length - rows);
  const left = all.length - start - rows;
  const more = left > 0 ? `${left} more below, j or PgDn` : 'the end';
  return [...all.slice(start, start + rows), spread(row(''), row(span(`${more} `, 'muted')), area)];
}
