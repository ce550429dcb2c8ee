import { unreachable } from '../../../base/errors.ts';
import type { Action } from '../../actions.ts';
import { BUILD_LINES, type ScreenName, type UiState } from '../../state.ts';

type PlanningAction = Extract<Action, { type: 'plan' | 'cancelPlanning' | 'buildLines' | 'planned' | 'planFailed' }>;

/** From "deploy that" to a plan on the screen. */
export function reducePlanning(state: UiState, action: PlanningAction): UiState {
  if (action.type === 'plan') return begun(state, action);
  const { planning } = state;
  if (!planning) return state;
  switch (action.type) {
    case 'cancelPlanning':
      return { ...state, planning: undefined, dialog: undefined, screens: without(state.screens) };
    case 'buildLines':
      return { ...state, planning: { ...planning, lines: planning.lines.concat(action.lines).slice(-BUILD_LINES) } };
    case 'planFailed':
      return {
        ...state,
        dialog: undefined,
        planning: { ...planning, problem: action.problem, prepared: undefined },
        screens: [...without(state.screens), 'planning'],
      };
    case 'planned':
      return {
        ...state,
        planning: { ...planning, prepared: action.prepared, shownAt: state.now },
        cursor: { ...state.cursor, review: 0 },
        screens: [...without(state.screens), 'review'],
      };
    default:
      return unreachable(action);
  }
}

function begun(state: UiState, action: Extract<Action, { type: 'plan' }>): UiState {
  const { kind, target, called } = action;
  const planning = { kind, target, called, since: state.now, lines: [], shownAt: 0 };
  return {
    ...state,
    dialog: undefined,
    notice: undefined,
    planning: { ...planning, problem: undefined, prepared: undefined },
    screens: [...without(state.screens), 'planning'],
  };
}

/** Planning and review are one errand: they go together, wherever the reader has been meanwhile. */
export function without(screens: readonly ScreenName[]): readonly ScreenName[] {
  return screens.filter((screen) => screen !== 'planning' && screen !== 'review' && screen !== 'help');
}
