import { enterPhase, instanceOf, type RolloutContext } from './context.ts';
import { back, type Run } from './run.ts';

export type WayBack = 'back' | 'stuck' | 'left';

/**
 * Brings every updated instance back, last first, as many at once as may be out. A rollback is never rolled back: when an
 * instance does not come up on the old release either, a person decides.
 */
export async function rollBack(context: RolloutContext, run: Run, reason: string): Promise<WayBack> {
  enterPhase(context, 'RollingBack', reason);
  for (;;) {
    const batch = nextBatch(context, run);
    if (batch.length === 0) return run.broken.size > 0 ? 'stuck' : 'back';
    const outcomes = await Promise.all(batch.map((instance) => back(context, run, instance)));
    if (outcomes.some((outcome) => outcome.type === 'left')) return 'left';
    if (outcomes.some((outcome) => outcome.type !== 'updated' && outcome.type !== 'retired')) return 'stuck';
  }
}

/** The newest instances of one role; broken ones of it are out already and count. */
function nextBatch({ plan, ...context }: RolloutContext, run: Run): readonly string[] {
  const roleOf = (id: string) => instanceOf({ plan, ...context }, id).role;
  const waiting = run.updated.filter((id) => !run.broken.has(id)).toReversed();
  const first = waiting[0];
  if (first === undefined) return [];
  const role = roleOf(first);
  const out = [...run.broken.keys()].filter((id) => roleOf(id) === role).length;
  const limit = Math.max(1, (plan.policy.maxUnavailable[role] ?? 1) - out);
  return waiting.filter((id) => roleOf(id) === role).slice(0, limit);
}
