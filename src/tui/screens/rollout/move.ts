import type { Move } from '../../actions.ts';
import { bodyOf, bodyRows } from '../../layout.ts';
import type { LogView, RolloutView, UiState } from '../../state.ts';
import { step } from '../list.ts';
import { evidenceLength, shownEvidence } from './evidence.ts';
import { detailColumns } from './panes.ts';
import { cursorIndex, treeLines } from './tree.ts';

/** Walks through the tree, or scrolls what stands in the details. */
export function movedInRollout(state: UiState, to: Move): UiState {
  const { rollout } = state;
  if (!rollout) return state;
  const page = Math.max(1, Math.floor(bodyRows(state) / 3));
  const moved =
    rollout.pane === 'detail' ? scrolledDetail(state, rollout, { to, page }) : walked(state, rollout, { to, page });
  return { ...state, rollout: { ...rollout, ...moved } };
}

interface Going {
  readonly to: Move;
  readonly page: number;
}

function walked(state: UiState, view: RolloutView, { to, page }: Going): Partial<RolloutView> {
  const lines = treeLines(state, view);
  const next = step(Math.max(0, cursorIndex(view, lines)), to, { length: lines.length, page });
  const line = lines[next];
  return line === undefined ? {} : { cursor: line.key, evidenceBottom: undefined };
}

function scrolledDetail(state: UiState, view: RolloutView, { to, page }: Going): Partial<RolloutView> {
  const failed = shownEvidence(view);
  if (failed === undefined) return { log: scrolledLog(view.log, { to, page }) };
  const area = { ...bodyOf(state), columns: detailColumns(state.size) };
  const length = evidenceLength(view, failed, area);
  return { evidenceBottom: scrolled(view.evidenceBottom, { to, page, length }) };
}

function scrolledLog(log: LogView, { to, page }: Going): LogView {
  const first = log.count - log.lines.length;
  const bottom = log.bottom === undefined ? undefined : log.bottom - first;
  const next = scrolled(bottom, { to, page, length: log.lines.length });
  return { ...log, bottom: next === undefined ? undefined : first + next };
}

/** Scrolling up holds what is read; arriving at the end follows it again. */
function scrolled(bottom: number | undefined, { to, page, length }: Going & { length: number }): number | undefined {
  const next = step(bottom ?? length - 1, to, { length, page });
  return next >= length - 1 ? undefined : next;
}
