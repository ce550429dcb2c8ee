import { bodyOf, isTooSmall, SMALLEST } from '../layout.ts';
import { type UiState, screenOf } from '../state.ts';
import { type Area, type Row, blank, paint, row, span } from '../text/row.ts';
import { themeOf } from '../theme.ts';
import { footer, header, noticeRow, rule } from './chrome.ts';
import { dialogRows } from './dialog.ts';
import { fleetRows } from './fleet.ts';
import { planningRows } from './planning.ts';
import { promptRows } from './prompt.ts';
import { releaseRows } from './releases.ts';
import { rolloutRows } from './rollout.ts';
import { scrolledRows } from './scrolled.ts';
import { stageRows } from './stages.ts';

/** The whole screen: exactly as many strings as it has rows, each exactly as wide as it has columns. */
export function frame(state: UiState): readonly string[] {
  const area = bodyOf(state);
  const rows = isTooSmall(state.size) ? tooSmall(state) : whole(state, area);
  const theme = themeOf(state.looks);
  return exactly(rows, state.size.rows).map((one) => paint(one, state.size.columns, theme));
}

function whole(state: UiState, area: Area): Row[] {
  return [header(state), rule(area), ...withDialog(state, body(state, area), area), noticeRow(state), footer(state)];
}

function body(state: UiState, area: Area): Row[] {
  const screen = screenOf(state);
  switch (screen) {
    case 'stages':
      return stageRows(state, area);
    case 'fleet':
      return fleetRows(state, area);
    case 'planning':
      return planningRows(state, area);
    case 'review':
    case 'help':
      return scrolledRows(state, screen, area);
    case 'rollout':
      return rolloutRows(state, area);
    case 'releases':
      return releaseRows(state, area);
  }
}

function withDialog(state: UiState, rows: Row[], area: Area): Row[] {
  const full = exactly(rows, area.rows);
  const { dialog: open, prompt } = state;
  if (!open && !prompt) return full;
  const dialog = open ? dialogRows(state, open, area) : promptRows(prompt!, area);
  return [...full.slice(0, Math.max(0, area.rows - dialog.length - 1)), ...dialog, blank].slice(-area.rows);
}

function tooSmall({ size, rollout }: UiState): Row[] {
  const running = rollout && !rollout.outcome ? ` ${rollout.state.phase} goes on` : '';
  return [
    row(span(' Too small', 'strong')),
    row(` ${size.columns}x${size.rows}, needs ${SMALLEST.columns}x${SMALLEST.rows}`),
    row(running),
  ];
}

function exactly(rows: readonly Row[], count: number): Row[] {
  return [...rows.slice(0, count), ...Array.from({ length: Math.max(0, count - rows.length) }, () => blank)];
}
