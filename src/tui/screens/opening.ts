import type { ScreenName, UiState } from '../state.ts';
import { pickerOpened } from './deploy/reduce.ts';
import { historyOpened } from './history/reduce.ts';
import { releasesOpened } from './releases/select.ts';
import { watchOpened } from './watch/reduce.ts';

/** What a screen begins with when it is called up. */
export function opened(state: UiState, screen: ScreenName): UiState {
  switch (screen) {
    case 'deploy':
      return pickerOpened(state);
    case 'history':
      return historyOpened(state);
    case 'releases':
      return releasesOpened(state);
    case 'watch':
      return watchOpened(state);
    default:
      return state;
  }
}
