import { enterPhase, instanceOf, type RolloutContext } from './context.ts';
import { back, type Run } from './run.ts';

export type WayBack = 'back' | 'stuck' | 'left';

/**
 * Brings every updated instance back, last first, as many at once as may be out; with `broken` also those that failed and
 * could not be brought back before. A rollback is never rolled back: when an instance does not come up on the old release
 * either, a person decides.
 */
export async function rollBack(
  context: RolloutContext,
  run: Run,
  { reason, also }: { readonly reason: string; readonly also: 'none' | 'broken' },
): Promise<WayBack> {
  enterPhase(context, 'RollingBack', reason);
  const tried = new Set<string>(also === 'broken' ? [] : run.broken.keys());
  for (;;) {
    const batch = nextBatch(context, run, tried);
    if (batch.length === 0) return run.broken.size > 0 ? 'stuck' : 'back';
    batch.forEach((instance) => tried.add(instance));
    const outcomes = await Promise.all(batch.map((instance) => back(context, run, instance)));
    if (outcomes.some((outcome) => outcome.type === 'left')) return 'left';
    if (outcomes.some((outcome) => outcome.type !== 'updated' && outcome.type !== 'retired')) return 'stuck';
  }
}

/** Broken instances first, since they are out already; then the newest of one role, as many as may be out beside them. */
function nextBatch(context: RolloutContext, run: Run, tried: ReadonlySet<string>): readonly string[] {
  const broken = [...run.broken.keys()].find((id) => !tried.has(id));
  if (broken !== undefined) return [broken];
  const roleOf = (id: string) => instanceOf(context, id).role;
  const waiting = run.updated.filter((id) => !tried.has(id)).toReversed();
  const first = waiting[0];
  if (first === undefined) return [];
  const role = roleOf(first);
  const out = [...run.broken.keys()].filter((id) => roleOf(id) === role).length;
  const limit = Math.max(1, (context.plan.policy.maxUnavailable[role] ?? 1) - out);
  return waiting.filter((id) => roleOf(id) === role).slice(0, limit);
}
