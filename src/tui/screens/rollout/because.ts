import type { RolloutView, UiState } from '../../state.ts';
import { noEvidence, shownEvidence } from './evidence.ts';
import { failures, followed } from './select.ts';
import { layoutOf } from './panes.ts';
import { chosenLine } from './tree.ts';

/** Why keys of this screen cannot be pressed now. */
type Reason = (state: UiState) => string | undefined;

const of =
  (reason: (view: RolloutView, state: UiState) => string | undefined): Reason =>
  (state) =>
    state.rollout ? reason(state.rollout, state) : 'there is no rollout';

export const nothingToOpen = of((view, state) => {
  const line = chosenLine(state, view);
  if (!line) return 'the arrows choose a line first';
  if (line.type === 'step') return line.at.instances.length === 0 ? 'there is nothing in this step' : undefined;
  if (layoutOf(state.size) === 'list' && view.pane === 'tree') return undefined;
  const isShown = followed(view) === line.key && (noEvidence(view) !== undefined || shownEvidence(view) === line.key);
  return isShown ? 'its log is shown' : undefined;
});

export const followsAlready = of((view) => {
  const { cursor, pinned, log, evidenceBottom } = view;
  const isAway = [cursor, pinned, log.bottom, evidenceBottom].some((one) => one !== undefined);
  return isAway ? undefined : 'it is followed already';
});

export const nothingGathered = of((view) => noEvidence(view));

export const nothingFailed = of((view) => (failures(view).length === 0 ? 'nothing has failed' : undefined));
