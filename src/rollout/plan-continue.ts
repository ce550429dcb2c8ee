import { alreadyUpdated, goOn } from './go-on.ts';
import { prepareAgain } from './plan-again.ts';
import { prepareReconcile } from './plan-reconcile.ts';
import type { Prepared } from './prepared.ts';
import type { ContinueOptions } from './session.ts';
import { type Reading, readForRollout, requireReady, type Stage } from './stage.ts';
import { readOthers, targets } from './targets.ts';
import type { Unfinished } from './unfinished.ts';

/**
 * The rest of a rollout that nobody runs any more: the hosts are read and planned for anew, so nothing that was done is done
 * again.
 */
export async function prepareContinue(
  stage: Stage,
  { plan, rollout: takes, hooksRun }: Unfinished,
  options: ContinueOptions,
): Promise<Prepared> {
  if (plan.kind === 'reconcile') return prepareReconcile(stage, { ...options, takes });
  const { settings } = stage;
  const named = new Set(plan.hosts.map(({ host }) => host));
  const hosts = targets(
    stage,
    settings.hosts.map(({ name }) => name).filter((name) => named.has(name)),
  );
  const [readings, beside] = await Promise.all([readForRollout(stage, hosts), readOthers(stage, hosts)]);
  requireReady(stage, readings);
  const { kind, release } = plan;
  const mend = `Go back (slipway resume ${settings.stage} --rollback), or leave it as it is (--accept) and deploy anew.`;
  const prepared = await prepareAgain(stage, { kind, release, hosts, readings, beside, takes, mend }, options);
  const replan = (now: readonly Reading[]) => {
    const made = prepared.replan(now);
    return { ...made, plan: goOn(made.plan, { plan, hooksRun }) };
  };
  const { plan: rest } = replan(prepared.readings);
  // a lock that is taken over has to be given back, even when nothing is left to do
  return { ...prepared, plan: rest, replan, alreadyLive: false, already: alreadyUpdated(rest) };
}
