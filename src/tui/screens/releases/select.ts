import type { FleetRelease } from '../../../rollout/session.ts';
import type { UiState } from '../../state.ts';

export function releasesOf(state: UiState): readonly FleetRelease[] {
  return state.fleet.fleet?.releases ?? [];
}

export function selectedRelease(state: UiState): FleetRelease | undefined {
  return releasesOf(state)[state.cursor.releases];
}
