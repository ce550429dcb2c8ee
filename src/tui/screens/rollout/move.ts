import type { Move } from '../../actions.ts';
import { bodyRows } from '../../layout.ts';
import type { LogView, UiState } from '../../state.ts';
import { step } from '../list.ts';
import { instanceCursor, instanceLines } from './select.ts';

/** Walks through the instances, or scrolls the log. */
export function movedInRollout(state: UiState, to: Move): UiState {
  const { rollout } = state;
  if (!rollout) return state;
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
