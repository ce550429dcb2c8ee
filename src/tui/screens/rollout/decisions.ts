import type { Decision } from '../../../rollout/session.ts';
import type { UiState } from '../../state.ts';
import { instanceCursor, instanceLines } from './select.ts';

/** The instance that a decision is about: the chosen one, else the first that failed. */
function meant({ rollout, cursor }: UiState): string | undefined {
  if (!rollout) return undefined;
  const chosen = rollout.follows ? undefined : instanceLines(rollout.state)[instanceCursor(rollout, cursor.instances)];
  return chosen?.id ?? rollout.state.failed[0];
}

export const APPROVE: Decision = { type: 'approve', scope: 'step', why: '' };

export function retryOf(state: UiState): Decision | undefined {
  const instance = meant(state);
  return instance === undefined ? undefined : { type: 'retry', instance };
}

export function skipOf(state: UiState): Decision | undefined {
  const host = meant(state)?.split('@').at(-1);
  return host === undefined ? undefined : { type: 'skip', host };
}
