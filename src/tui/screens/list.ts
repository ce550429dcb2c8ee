import type { Move } from '../actions.ts';
import { bodyRows } from '../layout.ts';
import type { ListName, UiState } from '../state.ts';

/** Walks through a list by its cursor. */
export function inList(list: ListName, lengthOf: (state: UiState) => number): (state: UiState, to: Move) => UiState {
  return (state, to) => {
    const at = step(state.cursor[list], to, { length: lengthOf(state), page: bodyRows(state) - 2 });
    return { ...state, cursor: { ...state.cursor, [list]: at } };
  };
}

export function step(from: number, to: Move, within: { length: number; page: number }): number {
  const last = Math.max(0, within.length - 1);
  const at = Math.min(from, last);
  const page = Math.max(1, within.page);
  const target = { up: at - 1, down: at + 1, pageUp: at - page, pageDown: at + page, first: 0, last }[to];
  return Math.max(0, Math.min(last, target));
}
