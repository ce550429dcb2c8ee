import { brokenRows } from '../components/problem.ts';
import { rule } from '../components/rule.ts';
import { promptInFront } from '../dialogs/front.ts';
import { promptRows } from '../dialogs/prompt.ts';
import { dialogRows } from '../dialogs/view.ts';
import { bodyOf, isTooSmall, SMALLEST } from '../layout.ts';
import { screens } from '../screens/all.ts';
import { type UiState, screenOf } from '../state.ts';
import { type Area, type Row, blank, paint, row, span } from '../text/row.ts';
import { themeOf } from '../theme.ts';
import { footer, noticeRow } from './footer.ts';
import { header } from './header.ts';

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

/** A screen that cannot be drawn says so, and the rest of the program lives on. */
function body(state: UiState, area: Area): Row[] {
  try {
    return screens[screenOf(state)].rows(state, area);
  } catch (thrown) {
    return brokenRows(thrown, area);
  }
}

function withDialog(state: UiState, rows: Row[], area: Area): Row[] {
  const full = exactly(rows, area.rows);
  const { dialog: open } = state;
  const prompt = promptInFront(state);
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
