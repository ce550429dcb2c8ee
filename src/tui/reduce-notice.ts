import type { Action } from './actions.ts';
import { MESSAGES, NOTICE_MS } from './notice.ts';
import type { UiState } from './state.ts';

type NoticeAction = Extract<Action, { type: 'notify' | 'ticked' }>;

export function reduceNotice(state: UiState, action: NoticeAction): UiState {
  return action.type === 'notify' ? noticed(state, action) : { ...state, notice: stillNoticed(state) };
}

/** Said at the bottom of the screen, and kept. */
function noticed(state: UiState, { text, style }: Extract<Action, { type: 'notify' }>): UiState {
  const notice = { text, style, at: state.now };
  return { ...state, notice, messages: [...state.messages, notice].slice(-MESSAGES) };
}

/** What was just said, for as long as it is shown. */
function stillNoticed({ notice, now }: UiState): UiState['notice'] {
  const isOver = notice && notice.style !== 'bad' && now - notice.at >= NOTICE_MS;
  return isOver ? undefined : notice;
}

/** An error stays until somebody goes on. */
export function withoutError(state: UiState, action: Action): UiState {
  const goesOn = ['move', 'show', 'back', 'openDialog', 'typed', 'plan', 'refresh', 'send'].includes(action.type);
  return goesOn && state.notice?.style === 'bad' ? { ...state, notice: undefined } : state;
}
