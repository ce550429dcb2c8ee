import { unreachable } from '../../../base/errors.ts';
import type { Action } from '../../actions.ts';
import type { UiState } from '../../state.ts';
import { noPicker, type RefsView } from '../../wizard.ts';

type PickerAction = Extract<Action, { type: 'refsRead' | 'refsFailed' | 'changesRead' }>;

/** What can be deployed, and what would come of it. */
export function reducePicker(state: UiState, action: PickerAction): UiState {
  switch (action.type) {
    case 'refsRead':
      return withRefs(state, { type: 'read', refs: action.refs });
    case 'refsFailed':
      return withRefs(state, { type: 'failed', problem: action.problem });
    case 'changesRead': {
      const { from, to, changes } = action;
      return { ...state, changes: { from, to, changes } };
    }
    default:
      return unreachable(action);
  }
}

function withRefs(state: UiState, refs: RefsView): UiState {
  return { ...state, picker: { ...state.picker, refs } };
}

/** Nothing is typed yet, and the default is marked. */
export function pickerOpened(state: UiState): UiState {
  return { ...state, picker: noPicker, cursor: { ...state.cursor, deploy: 0 } };
}

/** What is typed finds other refs: the best of them is marked. */
export function pickerTyped(state: UiState, change: (text: string) => string): UiState {
  const text = change(state.picker.text).slice(0, MOST);
  return { ...state, picker: { ...state.picker, text }, cursor: { ...state.cursor, deploy: 0 } };
}

/** No ref is longer; something else may have been pasted. */
const MOST = 250;
