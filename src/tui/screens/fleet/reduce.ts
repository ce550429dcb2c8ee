import { noDiagnosis } from '../doctor/state.ts';
import { initialVitals } from '../../../analysis/vitals.ts';
import { unreachable } from '../../../base/errors.ts';
import type { Action } from '../../actions.ts';
import { stillStanding } from '../../dialogs/reduce.ts';
import { noFleet, type UiState } from '../../state.ts';
import { noPicker, noTrail } from '../../wizard.ts';
import { sameRelease } from '../releases/select.ts';

export const STAGE_ACTIONS = [
  ...(['openStage', 'refresh', 'sessionOpened', 'sessionFailed', 'fleetReading', 'fleetRead', 'fleetFailed'] as const),
] as const;

type StageAction = Extract<Action, { readonly type: (typeof STAGE_ACTIONS)[number] }>;

/** The stage that is open, and what its hosts say. */
export function reduceStage(state: UiState, action: StageAction): UiState {
  switch (action.type) {
    case 'openStage': {
      const { stages, now, size, looks, cursor, messages } = state;
      const idle = { ...state, session: undefined, problem: undefined, fleet: noFleet, planning: undefined };
      const none = {
        ...idle,
        rollout: undefined,
        vitals: initialVitals(),
        lookout: undefined,
        standing: undefined,
        dialog: undefined,
      };
      const unasked = { putOff: undefined, picker: noPicker, changes: undefined, trail: noTrail, doctor: noDiagnosis };
      const fresh = { ...none, ...unasked, notice: undefined, messages, stages, now, size, looks };
      return { ...fresh, stage: action.stage, screens: ['fleet'], cursor: { ...cursor, fleet: 0, releases: 0 } };
    }
    case 'sessionOpened':
      return { ...state, session: action.session, problem: undefined };
    case 'sessionFailed':
      return { ...state, problem: action.problem };
    case 'refresh':
      return { ...state, notice: undefined, problem: undefined };
    case 'fleetReading':
      return { ...state, fleet: { ...state.fleet, reading: true } };
    case 'fleetRead':
      return stillStanding({
        ...state,
        cursor: { ...state.cursor, releases: sameRelease(state, action.fleet) },
        fleet: { ...state.fleet, fleet: action.fleet, readAt: state.now, reading: false, problem: undefined },
      });
    case 'fleetFailed':
      return { ...state, fleet: { ...state.fleet, reading: false, problem: action.problem } };
    default:
      return unreachable(action);
  }
}

type ListAction = Extract<Action, { readonly type: 'solo' | 'shape' | 'filter' }>;

/** What part of the fleet is shown, and how; the cursor goes back to its beginning. */
export function reduceList(state: UiState, action: ListAction): UiState {
  const { fleet } = state;
  const cursor = { ...state.cursor, fleet: 0 };
  switch (action.type) {
    case 'solo':
      return { ...state, cursor, fleet: { ...fleet, solo: action.host } };
    case 'shape':
      return { ...state, cursor, fleet: { ...fleet, shape: action.shape } };
    case 'filter':
      return { ...state, cursor, fleet: { ...fleet, filter: action.text } };
  }
}

/** A saved view takes the place of what narrows the list now. */
export function openView(state: UiState, { name }: Extract<Action, { readonly type: 'openView' }>): UiState {
  const view = state.remembered.views.find(([one]) => one === name)?.[1];
  if (!view) return state;
  const fleet = { ...state.fleet, filter: view.filter, solo: view.solo };
  const columns = view.columns ?? state.remembered.columns;
  return { ...state, fleet, cursor: { ...state.cursor, fleet: 0 }, remembered: { ...state.remembered, columns } };
}
