import { list } from '../base/text.ts';
import { enterPhase, type RolloutContext } from './context.ts';
import { back, nextBatch, type Run } from './run.ts';
import { whyOf } from './steps.ts';
import { requireOurs } from './superseded.ts';
import { flipBack } from './traffic.ts';

export type WayBack =
  | { readonly type: 'back' }
  | { readonly type: 'left' }
  | { readonly type: 'aborted' }
  | { readonly type: 'stuck'; readonly reason: string };

/**
 * Brings every updated instance back, once no traffic goes to a slot of theirs: last first, as many at once as may be out;
 * with `broken` also those that failed and could not be brought back before. A rollback is never rolled back: when an
 * instance does not come up on the old release either, or more than may be out are already, a person decides.
 */
export async function rollBack(
  context: RolloutContext,
  run: Run,
  { reason, also }: { readonly reason: string; readonly also: 'none' | 'broken' },
): Promise<WayBack> {
  enterPhase(context, 'RollingBack', reason);
  const refused = await flipBack(context, run);
  if (refused !== undefined) return { type: 'stuck', reason: refused };
  const broken = also === 'broken' ? [...run.broken.keys()] : [];
  for (let waiting = [...broken, ...run.updated.toReversed()]; ;) {
    const stopped = stoppedBy(context);
    if (stopped) return stopped;
    const batch = nextBatch(context, run, waiting);
    if (batch.length === 0) return run.broken.size > 0 ? stuck(run) : { type: 'back' };
    waiting = waiting.filter((id) => !batch.includes(id));
    const outcomes = requireOurs(await Promise.all(batch.map((instance) => back(context, run, instance))));
    if (outcomes.some((outcome) => outcome.type === 'left')) return { type: 'left' };
    if (outcomes.some((outcome) => outcome.type !== 'updated' && outcome.type !== 'retired')) {
      return stoppedBy(context) ?? stuck(run);
    }
  }
}

function stuck({ broken, updated }: Run): WayBack {
  const why = whyOf(broken);
  if (updated.length === 0) return { type: 'stuck', reason: why };
  return { type: 'stuck', reason: `${why}; ${list(updated)} ${updated.length === 1 ? 'waits' : 'wait'} for that` };
}

/** It goes back already: only what stops that is to be asked. */
function stoppedBy({ controls }: RolloutContext): WayBack | undefined {
  switch (controls.takeUrgent()) {
    case 'leave':
      return { type: 'left' };
    case 'abort':
      return { type: 'aborted' };
    default:
      return undefined;
  }
}
