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
      const none = { ...idle, rollout: undefined, standing: undefined, putOff: undefined, dialog: undefined };
      const unasked = { picker: noPicker, changes: undefined, trail: noTrail };
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
        fleet: { fleet: action.fleet, readAt: state.now, reading: false, problem: undefined },
      });
    case 'fleetFailed':
      return { ...state, fleet: { ...state.fleet, reading: false, problem: action.problem } };
    default:
      return unreachable(action);
  }
}
