import type { Move } from './actions.ts';
import { bodyRows } from './layout.ts';
import { fleetLines, releasesOf } from './select/fleet.ts';
import { instanceCursor, instanceLines } from './select/rollout.ts';
import { type ListName, type LogView, type RolloutView, type UiState, screenOf } from './state.ts';
import { textLength } from './views/scrolled.ts';

/** Walks through what the screen shows: a list has a cursor, a text is scrolled. */
export function moved(state: UiState, to: Move): UiState {
  const screen = screenOf(state);
  switch (screen) {
    case 'stages':
    case 'fleet':
    case 'releases':
    case 'review':
    case 'help':
      return inList(state, screen, to);
    case 'rollout':
      return state.rollout ? inRollout(state, state.rollout, to) : state;
    case 'planning':
      return state;
  }
}

function inList(state: UiState, list: Exclude<ListName, 'instances'>, to: Move): UiState {
  const at = step(state.cursor[list], to, { length: lengthOf(state, list), page: bodyRows(state) - 2 });
  return { ...state, cursor: { ...state.cursor, [list]: at } };
}

function lengthOf(state: UiState, list: Exclude<ListName, 'instances'>): number {
  switch (list) {
    case 'stages':
      return state.stages.length;
    case 'fleet':
      return fleetLines(state).length;
    case 'releases':
      return releasesOf(state).length;
    case 'review':
    case 'help':
      // the last page is full: the cursor of a text is its first visible line
      return textLength(state, list) - bodyRows(state) + 1;
  }
}

function inRollout(state: UiState, rollout: RolloutView, to: Move): UiState {
  const page = Math.max(1, Math.floor(bodyRows(state) / 3));
  if (rollout.pane === 'log') return { ...state, rollout: { ...rollout, log: scrolled(rollout.log, to, page) } };
  const length = instanceLines(rollout.state).length;
  const instances = step(instanceCursor(rollout, state.cursor.instances), to, { length, page });
  return { ...state, cursor: { ...state.cursor, instances }, rollout: { ...rollout, follows: false } };
}

/** Scrolling up stops following; arriving at the end starts it again. */
function scrolled(log: LogView, to: Move, page: number): LogView {
  const first = log.count - log.lines.length;
  const at = (log.bottom ?? log.count - 1) - first;
  const next = step(at, to, { length: log.lines.length, page });
  return { ...log, bottom: next >= log.lines.length - 1 ? undefined : first + next };
}

function step(from: number, to: Move, within: { length: number; page: number }): number {
  const last = Math.max(0, within.length - 1);
  const at = Math.min(from, last);
  const page = Math.max(1, within.page);
  const target = { up: at - 1, down: at + 1, pageUp: at - page, pageDown: at + page, first: 0, last }[to];
  return Math.max(0, Math.min(last, target));
}
