import { unreachable } from '../base/errors.ts';
import type { Phase } from './events.ts';
import type { Intent } from './session.ts';

/**
 * Undefined when the intent is legal in this phase; else the reason, as shown beside the greyed key.
 * Abort is legal in every phase that is not over, and always wins.
 */
export function refusal(intent: Intent, phase: Phase): string | undefined {
  if (isOver(phase)) return 'the rollout is over';
  switch (intent) {
    case 'pause':
      return phase === 'Pending' || phase === 'Staging' || phase === 'Progressing'
        ? undefined
        : `cannot pause while ${phase}`;
    case 'resume':
      return phase === 'Paused' || phase === 'RollbackPaused' ? undefined : 'it is not paused';
    case 'abort':
      return phase === 'Aborting' ? 'it is being aborted already' : undefined;
    case 'rollback':
      return phase === 'RollingBack' ? 'it is rolling back already' : undefined;
    case 'leave':
      return undefined;
    default:
      return unreachable(intent);
  }
}

export function isOver(phase: Phase): boolean {
  return phase === 'Succeeded' || phase === 'Aborted' || phase === 'RolledBack';
}
