import { UserError } from '../base/errors.ts';
import { list } from '../base/text.ts';
import { instancesOf, mergeReleases } from './fleet.ts';
import type { Plan } from './plan.ts';
import { prepareDeploy } from './plan-deploy.ts';
import type { Prepared } from './prepared.ts';
import { prepareReuse } from './reuse.ts';
import type { ContinueOptions } from './session.ts';
import { type Reading, readForRollout, requireReady, type Stage } from './stage.ts';
import { readOthers, targets } from './targets.ts';
import type { Unfinished } from './unfinished.ts';

/**
 * The rest of a rollout that nobody runs any more: the hosts are read and planned for anew, so nothing that was done is done
 * again. Where a host lacks the release, it is made again from its commit, and has to be the same.
 */
export async function prepareContinue(
  stage: Stage,
  { plan, rollout }: Unfinished,
  options: ContinueOptions,
): Promise<Prepared> {
  const { settings } = stage;
  const named = new Set(plan.hosts.map(({ host }) => host));
  const only = settings.hosts.map(({ name }) => name).filter((name) => named.has(name));
  const hosts = targets(stage, only);
  const [readings, beside] = await Promise.all([readForRollout(stage, hosts), readOthers(stage, hosts)]);
  requireReady(stage, readings);
  const release = mergeReleases(readings.map(({ state }) => state)).find(({ id }) => id === plan.release.id);
  const lacking = hosts.filter((host) => !(release?.on.includes(host) ?? false));
  const already = updatedBy(plan, readings);
  if (release !== undefined && lacking.length === 0) {
    const { kind } = plan;
    return { ...prepareReuse(stage, { kind, release, hosts, readings, beside, takes: rollout }), already };
  }
  if (plan.kind === 'rollback') throw lost(stage, plan.release.id, lacking);
  const { revision } = plan.release;
  const prepared = await prepareDeploy(stage, {
    ...options,
    only,
    ...(revision === undefined ? {} : { ref: revision }),
  });
  if (prepared.plan.release.digest !== plan.release.digest) {
    await prepared.delivery.dispose();
    throw lost(stage, plan.release.id, lacking);
  }
  return { ...prepared, takes: rollout, already };
}

/** What the rollout has switched, and still stands: when the rest fails, it goes back as well. */
function updatedBy({ release, instances }: Plan, readings: readonly Reading[]): readonly string[] {
  const changed = new Set(instances.filter(({ change }) => change !== 'none').map(({ instance }) => instance));
  return instancesOf(readings.map(({ state }) => state))
    .filter(({ id, current }) => changed.has(id) && current === release.id)
    .map(({ id }) => id);
}

function lost({ settings: { stage } }: Stage, release: string, lacking: readonly string[]): UserError {
  return new UserError({
    code: 'SLIP_CANNOT_CONTINUE',
    message: `${release} is not on ${list(lacking)}, and its files cannot be made again as they were.`,
    mend: `Go back (slipway resume ${stage} --rollback), or leave it as it is (--accept) and deploy anew.`,
  });
}
