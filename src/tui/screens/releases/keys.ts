import * as because from '../../keys/because.ts';
import type { Binding } from '../../keys/binding.ts';
import { selectedRelease } from './select.ts';

// prettier-ignore
export const releasesKeys: readonly Binding[] = [
  { id: 'planRollback', keys: ['enter', 'R'], label: 'roll back to it', help: 'Plan a rollback to the release; the plan is shown first.', scopes: ['releases'], priority: 1, danger: true, twin: 'slipway rollback STAGE --to RELEASE', disabledReason: because.noRollback, run: (state) => {
    const release = selectedRelease(state);
    return release && { type: 'plan', kind: 'rollback', target: release.id };
  } },
  { id: 'undo', keys: ['U'], label: 'undo', help: 'Undo: show the releases, the last good one before the live one marked; the plan is shown first.', scopes: ['fleet', 'rollout', 'releases'], priority: 4, twin: 'slipway rollback STAGE', disabledReason: because.noUndo, run: () => ({ type: 'show', screen: 'releases' }) },
];
