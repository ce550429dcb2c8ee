import { LockedError, UserError } from '../base/errors.ts';
import { driftsIn, type Measure } from './drift.ts';
import { mergeReleases, rolloutLock, stageRelease, statesOf } from './fleet.ts';
import { describeLock } from './lock-words.ts';
import { prepareAgain } from './plan-again.ts';
import type { Prepared } from './prepared.ts';
import type { ContinueOptions, FleetRelease, HostReading } from './session.ts';
import { requireSomeHost } from './some-host.ts';
import { lookAtHosts, readForRollout, requireReady, type Stage } from './stage.ts';
import { readOthers } from './targets.ts';

export interface ReconcileOptions extends ContinueOptions {
  /** A reconcile that nobody runs any more, which this one goes on with. */
  readonly takes?: string;
}

/**
 * Brings what has drifted to the release that the stage is on, and leaves everything else alone. Only hosts with something
 * that has drifted take part, so that one that is away keeps nobody waiting.
 */
export async function prepareReconcile(stage: Stage, { takes, ...options }: ReconcileOptions): Promise<Prepared> {
  const { settings } = stage;
  const looks = await lookAtHosts(stage);
  requireSomeHost(looks);
  requireFree(settings.stage, looks, takes);
  const seen = statesOf(looks);
  const releases = mergeReleases(seen);
  const release = requireGood(settings.stage, releases);
  const measure: Measure = { release: release.id, releases, wanted: settings.instances.map(({ id }) => id) };
  const drifted = new Set(driftsIn(seen, measure).map(({ host }) => host));
  const hosts = seen.map(({ host }) => host).filter((host) => drifted.size === 0 || drifted.has(host));
  const [readings, beside] = await Promise.all([readForRollout(stage, hosts), readOthers(stage, hosts)]);
  requireReady(stage, readings);
  const prepared = await prepareAgain(
    stage,
    {
      ...{ kind: 'reconcile', release, hosts, readings, beside, takes },
      among: (states) => new Set(driftsIn(states, measure).map(({ instance }) => instance)),
      mend: `Deploy it, or another: slipway deploy ${settings.stage}`,
    },
    options,
  );
  // a lock that is taken over has to be given back, even when nothing is left to do
  const isDone = takes === undefined && prepared.plan.instances.every(({ change }) => change === 'none');
  return { ...prepared, alreadyLive: isDone };
}

/** While a rollout has the stage, differences are its progress: whoever decides about that decides about them. */
function requireFree(stage: string, looks: readonly HostReading[], takes: string | undefined): void {
  const held = rolloutLock(statesOf(looks));
  if (held === undefined || held.lock.owner?.rollout === takes) return;
  throw new LockedError({
    code: 'SLIP_LOCKED',
    message: `${stage} is being changed by ${describeLock(held.lock)}: what differs is its progress.`,
    mend: `Wait until it is done. When nobody runs it any more: slipway resume ${stage}`,
  });
}

function requireGood(stage: string, releases: readonly FleetRelease[]): FleetRelease {
  const release = stageRelease(releases);
  if (release) return release;
  throw new UserError({
    code: 'SLIP_NO_RELEASE',
    message: `${stage} has no release that ever was good, so nothing can be brought to it.`,
    mend: `Deploy one: slipway deploy ${stage}`,
  });
}
