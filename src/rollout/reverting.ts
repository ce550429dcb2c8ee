import { enterPhase, type RolloutContext } from './context.ts';
import { back, nextBatch, type Run } from './run.ts';
import { requireOurs } from './superseded.ts';

export type WayBack = 'back' | 'stuck' | 'left' | 'aborted';

/**
 * Brings every updated instance back, last first, as many at once as may be out; with `broken` also those that failed and
 * could not be brought back before. A rollback is never rolled back: when an instance does not come up on the old release
 * either, or more than may be out are already, a person decides.
 */
export async function rollBack(
  context: RolloutContext,
  run: Run,
  { reason, also }: { readonly reason: string; readonly also: 'none' | 'broken' },
): Promise<WayBack> {
  enterPhase(context, 'RollingBack', reason);
  const broken = also === 'broken' ? [...run.broken.keys()] : [];
  for (let waiting = [...broken, ...run.updated.toReversed()]; ;) {
    const stopped = stoppedBy(context);
    if (stopped) return stopped;
    const batch = nextBatch(context, run, waiting);
    if (batch.length === 0) return run.broken.size > 0 ? 'stuck' : 'back';
    waiting = waiting.filter((id) => !batch.includes(id));
    const outcomes = requireOurs(await Promise.all(batch.map((instance) => back(context, run, instance))));
    if (outcomes.some((outcome) => outcome.type === 'left')) return 'left';
    if (outcomes.some((outcome) => outcome.type !== 'updated' && outcome.type !== 'retired')) {
      return stoppedBy(context) ?? 'stuck';
    }
  }
}

/** It goes back already: only what stops that is to be asked. */
function stoppedBy({ controls }: RolloutContext): 'left' | 'aborted' | undefined {
  switch (controls.takeUrgent()) {
    case 'leave':
      return 'left';
    case 'abort':
      return 'aborted';
    default:
      return undefined;
  }
}
