import { rollbackTarget } from '../../../rollout/fleet.ts';
import { type Fate, healthHistory } from '../../../rollout/health-history.ts';
import type { Fleet, FleetRelease } from '../../../rollout/session.ts';
import type { UiState } from '../../state.ts';

export function releasesOf(state: UiState): readonly FleetRelease[] {
  return state.fleet.fleet?.releases ?? [];
}

export function selectedRelease(state: UiState): FleetRelease | undefined {
  const releases = releasesOf(state);
  return releases[Math.min(state.cursor.releases, releases.length - 1)];
}

/** Where a rollback goes when nobody says: where the cursor begins. */
export function releasesOpened(state: UiState): UiState {
  return { ...state, cursor: { ...state.cursor, releases: defaultIndex(releasesOf(state)) } };
}

function defaultIndex(releases: readonly FleetRelease[]): number {
  const target = rollbackTarget(releases);
  return target === undefined ? 0 : releases.indexOf(target);
}

/** The place of the marked release in what was read anew, so that the cursor stays on it. */
export function sameRelease(state: UiState, { releases }: Fleet): number {
  const marked = selectedRelease(state);
  const at = releases.findIndex(({ id }) => id === marked?.id);
  return at < 0 ? defaultIndex(releases) : at;
}

/** What became of its rollouts, newest first; undefined until that is read. */
export function fatesOf({ trail }: UiState, { id }: FleetRelease): readonly Fate[] | undefined {
  return trail.trail && healthHistory(trail.trail.records, id);
}
