import { hostOf } from '../../../logs/names.ts';
import type { Decision } from '../../../rollout/session.ts';
import type { UiState } from '../../state.ts';
import { chosen, failures } from './select.ts';

/** The instance that a decision is about: the chosen one, else the first that failed. */
function meant({ rollout }: UiState): string | undefined {
  return rollout && (chosen(rollout) ?? rollout.state.failed[0]);
}

/** Where a shell is opened: on the host of the instance that is meant, or of the one at work. */
export function shellOf(state: UiState): { readonly host: string; readonly instance: string } | undefined {
  const instance = meant(state) ?? state.rollout?.active;
  return instance === undefined ? undefined : { host: hostOf(instance), instance };
}

export const APPROVE: Decision = { type: 'approve', scope: 'step', why: '' };

export function retryOf(state: UiState): Decision | undefined {
  const instance = meant(state);
  return instance === undefined ? undefined : { type: 'retry', instance };
}

export function skipOf(state: UiState): Decision | undefined {
  const instance = meant(state);
  return instance === undefined ? undefined : { type: 'skip', host: hostOf(instance) };
}

/** The failed instance after the chosen one, or before it; around the end it goes on at the other one. */
export function failedBeside({ rollout }: UiState, side: 'next' | 'previous'): string | undefined {
  if (!rollout) return undefined;
  const failed = failures(rollout);
  const from = chosen(rollout);
  if (from === undefined) return side === 'next' ? failed[0] : failed.at(-1);
  const { order } = rollout.outline;
  const at = order.indexOf(from);
  const after = failed.filter((id) => order.indexOf(id) > at);
  const before = failed.filter((id) => order.indexOf(id) < at);
  return side === 'next' ? (after[0] ?? failed[0]) : (before.at(-1) ?? failed.at(-1));
}
