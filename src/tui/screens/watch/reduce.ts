import { alertWords } from '../../../analysis/alert-words.ts';
import type { Action } from '../../actions.ts';
import { reduceNotice } from '../../reduce-notice.ts';
import type { UiState } from '../../state.ts';

/** What has been heard is shown; every alert is said once, and kept among the messages. */
export function reduceLookout(state: UiState, { lookout, events }: Extract<Action, { type: 'lookoutNews' }>): UiState {
  return events.reduce<UiState>(
    (before, event) =>
      reduceNotice(before, {
        type: 'notify',
        text: `${event.type === 'tripped' ? 'alert' : 'over'}: ${alertWords(event)}`,
        style: event.type === 'tripped' ? 'bad' : 'ok',
      }),
    { ...state, lookout },
  );
}

/** Nothing is known of what happened since it was left. */
export function watchOpened(state: UiState): UiState {
  if (state.screens.includes('watch')) return state;
  return { ...state, lookout: undefined, cursor: { ...state.cursor, watch: 0 } };
}
