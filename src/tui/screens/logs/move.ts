import type { Move } from '../../actions.ts';
import { bodyOf } from '../../layout.ts';
import type { UiState } from '../../state.ts';
import { step } from '../list.ts';
import { detailRows } from './detail.ts';
import { bottomBelow, type Filling, heightOf, layoutOf, windowUpTo } from './geometry.ts';
import { extended, following, heldAt } from './hold.ts';
import type { Wanted } from './shown.ts';
import type { Held, LogsView } from './state.ts';

/** Walking holds the view; walking on beyond the newest line follows again. */
export function movedInLogs(state: UiState, to: Move): UiState {
  const { logs } = state;
  if (!logs) return state;
  if (to === 'last') return { ...state, logs: following(logs) };
  if (!logs.held && (to === 'down' || to === 'pageDown')) return state;
  const filling = fillingOf(state, logs);
  const held = heldAt(logs, state.now);
  const at = cursorOf(held);
  const target = (of: LogsView) => step(at, to, { length: of.shown.length, page: filling.rows - 1 });
  if (target(held) !== at || to === 'up' || to === 'pageUp' || to === 'first') {
    return { ...state, logs: placed(held, target(held), filling) };
  }
  const more = extended(held);
  const next = target(more);
  return { ...state, logs: next === at ? following(more) : placed(more, next, filling) };
}

function fillingOf(state: UiState, logs: LogsView): Filling {
  const layout = layoutOf(logs, bodyOf(state));
  return { rows: layout.rows, height: heightOf(logs, layout) };
}

/** The line under the cursor; the newest one while the end is followed. -1 where there is none. */
export function cursorOf({ held, shown }: LogsView): number {
  return indexFor(shown, held?.cursor);
}

/** The line at the bottom of the screen. */
export function bottomOf({ held, shown }: LogsView): number {
  return indexFor(shown, held?.bottom);
}

/** What was hidden meanwhile is stood for by the line before it. */
function indexFor(shown: LogsView['shown'], seq: number | undefined): number {
  if (seq === undefined || shown.length === 0) return shown.length - 1;
  return Math.max(0, shown.indexOf(seq));
}

/** The cursor there, and the screen moved no more than it has to. */
function placed(logs: LogsView, cursor: number, filling: Filling): LogsView {
  const { held, shown } = logs;
  const entry = shown.at(cursor);
  if (!held || !entry) return logs;
  const { start, end } = windowUpTo(shown, bottomOf(logs), filling);
  const bottom = cursor < start ? bottomBelow(shown, cursor, filling) : Math.max(cursor, end);
  const next: Held = { ...held, cursor: entry.seq, bottom: shown.at(bottom)!.seq };
  return { ...logs, held: next };
}

/** To the next line of a kind, with some of what is around it; undefined when there is none in that direction. */
export function jumped(state: UiState, is: Wanted, direction: 1 | -1): LogsView | undefined {
  const { logs } = state;
  if (!logs) return undefined;
  const held = direction === 1 ? extended(heldAt(logs, state.now)) : heldAt(logs, state.now);
  const found = held.shown.find(is, cursorOf(held), direction);
  if (found < 0) return undefined;
  const filling = fillingOf(state, logs);
  const { start, end } = windowUpTo(held.shown, bottomOf(held), filling);
  if (found >= start && found <= end) return placed(held, found, filling);
  const around = Math.floor(filling.rows / 2);
  const ahead = direction === 1 ? Math.min(held.shown.length - 1, found + around) : Math.max(0, found - around);
  return placed(placed(held, ahead, filling), found, filling);
}

/** The first line from that time on, in the middle; undefined when the time is none. */
export function atTime(state: UiState, t: number | undefined): LogsView | undefined {
  const { logs } = state;
  if (!logs || t === undefined) return undefined;
  const held = heldAt(logs, state.now);
  const found = held.shown.find((entry) => entry.t >= t, -1, 1);
  const filling = fillingOf(state, logs);
  const target = found === -1 ? held.shown.length - 1 : found;
  const ahead = Math.min(held.shown.length - 1, target + Math.floor(filling.rows / 2));
  return placed(placed(placed(held, 0, filling), ahead, filling), target, filling);
}

/** Through the one line that is shown whole. */
export function movedInLine(state: UiState, to: Move): UiState {
  const { logs } = state;
  if (!logs?.opened) return state;
  const area = bodyOf(state);
  const length = detailRows(logs.opened.entry, area).length - area.rows + 2;
  const top = step(logs.opened.top, to, { length, page: area.rows - 1 });
  return { ...state, logs: { ...logs, opened: { ...logs.opened, top } } };
}
