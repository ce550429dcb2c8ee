import type { UserAction } from '../../actions.ts';
import * as because from '../../keys/because.ts';
import type { Binding } from '../../keys/binding.ts';
import type { UiState } from '../../state.ts';
import { pickedRef, targetOf } from './select.ts';

// prettier-ignore
export const deployKeys: readonly Binding[] = [
  { id: 'planDeploy', keys: ['enter'], label: 'build and plan', help: 'Build what is marked and show the plan.', scopes: ['deploy'], priority: 1, danger: true, twin: 'slipway deploy STAGE --ref REF', disabledReason: because.noDeploy, run: planDeploy },
  { id: 'pickPageUp', keys: ['pageUp'], label: 'page up', help: 'One page up.', scopes: ['deploy'], priority: 0, twin: 'view', run: () => ({ type: 'move', to: 'pageUp' }) },
];

function planDeploy(state: UiState): UserAction | undefined {
  const pick = pickedRef(state);
  if (!pick) return undefined;
  const called = pick.type === 'ref' ? pick.ref.name : undefined;
  return { type: 'plan', kind: 'deploy', target: targetOf(pick), called };
}
