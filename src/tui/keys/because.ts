import { rollbackTarget } from '../../rollout/fleet.ts';
import { whereabouts } from '../../rollout/progress.ts';
import type { Intent } from '../../rollout/session.ts';
import { isPaused, refusal } from '../../rollout/transitions.ts';
import { standingLock } from '../screens/fleet/select.ts';
import { selectedRelease } from '../screens/releases/select.ts';
import { type UiState, isRunning } from '../state.ts';

/** Why keys cannot be pressed now; the words stand beside them in the help and are shown when they are pressed. */

export function noSession(state: UiState): string | undefined {
  if (state.session) return undefined;
  return state.problem ? 'the stage could not be opened' : 'the stage is still being opened';
}

export function busy(state: UiState): string | undefined {
  return isRunning(state) ? 'a rollout runs (w shows it)' : undefined;
}

export function noDeploy(state: UiState): string | undefined {
  return noSession(state) ?? busy(state);
}

export function noReconcile(state: UiState): string | undefined {
  const { fleet } = state.fleet;
  if (!fleet) return noSession(state) ?? 'the hosts are still being read';
  if (fleet.drift.length > 0) return noDeploy(state);
  return busy(state) ?? (standingLock(state) ? 'a rollout has the stage' : 'nothing has drifted');
}

export function noUndo(state: UiState): string | undefined {
  const { fleet } = state.fleet;
  if (!fleet) return noSession(state) ?? 'the hosts are still being read';
  return busy(state) ?? (rollbackTarget(fleet.releases) ? undefined : 'no good release is older than the live one');
}

export function noRollback(state: UiState): string | undefined {
  const release = selectedRelease(state);
  if (!release) return 'there is no release';
  return busy(state) ?? release.notATarget;
}

export function noRollout(state: UiState): string | undefined {
  return (state.rollout ?? state.standing) ? undefined : 'no rollout was started here';
}

export function noStart(state: UiState): string | undefined {
  const { planning } = state;
  if (!planning?.prepared) return 'there is no plan';
  return planning.prepared.alreadyLive ? 'it runs everywhere already' : undefined;
}

export function noOtherStage(state: UiState): string | undefined {
  if (state.stages.length < 2) return 'there is only this stage';
  return isRunning(state) ? 'a rollout runs here' : undefined;
}

export function refused(
  intent: Intent | ((state: UiState) => Intent | undefined),
): (state: UiState) => string | undefined {
  return (state) => {
    // whoever runs it elsewhere says whether it is legal now
    if (state.dialog?.name === 'elsewhere') return undefined;
    const asked = typeof intent === 'function' ? intent(state) : intent;
    if (asked === undefined) return 'nothing has failed';
    if (!state.rollout || !isRunning(state)) return 'the rollout is over';
    if (state.quitting === 'leaving') return 'it is being left';
    return refusal(asked, whereabouts(state.rollout.state));
  };
}

export function noWayBack(state: UiState): string | undefined {
  return state.screens.length > 1 ? undefined : 'this is the first screen';
}

export function notTyped(state: UiState): string | undefined {
  if (state.dialog?.name !== 'typeStage' || !state.session) return 'nothing is asked';
  return state.dialog.text === state.session.stage ? undefined : `type ${state.session.stage} first`;
}

export function noFinishFirst(state: UiState): string | undefined {
  if (!state.rollout) return 'no rollout runs';
  const at = whereabouts(state.rollout.state);
  return isPaused(at.phase) ? undefined : refusal({ type: 'pause' }, at);
}
