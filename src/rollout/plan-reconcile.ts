import { LockedError, UserError } from '../base/errors.ts';
import type { Settings } from '../config/settings.ts';
import type { HostState } from '../host/state.ts';
import { type Drift, driftsIn, type Measure } from './drift.ts';
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
  /** Hosts of that one which are left as they are. */
  readonly leaves?: readonly string[];
}

/**
 * Brings what has drifted to the release that the stage is on, and leaves everything else alone. Only hosts with something
 * that has drifted take part, so that one that is away keeps nobody waiting; with slots all of them, as ever.
 */
export async function prepareReconcile(
  stage: Stage,
  { takes, leaves = [], ...options }: ReconcileOptions,
): Promise<Prepared> {
  const { settings } = stage;
  const looks = await lookAtHosts(stage);
  requireSomeHost(looks);
  requireFree(settings.stage, looks, takes);
  const seen = statesOf(looks);
  const releases = mergeReleases(seen);
  const release = requireGood(settings.stage, releases);
  const measure: Measure = { release: release.id, releases, wanted: settings.instances.map(({ id }) => id) };
  const drifts = driftsIn(seen, measure);
  // a lock that is taken over has to be given back, where nothing is left to do, too
  const held = seen.filter(({ lock }) => takes !== undefined && lock?.owner?.rollout === takes).map(({ host }) => host);
  const partaking = [...partakers(settings, drifts, seen), ...held];
  const hosts = settings.hosts
    .map(({ name }) => name)
    .filter((host) => partaking.includes(host) && !leaves.includes(host));
  const [readings, beside] = await Promise.all([readForRollout(stage, hosts), readOthers(stage, hosts)]);
  requireReady(stage, readings);
  const prepared = await prepareAgain(
    stage,
    {
      ...{ kind: 'reconcile', release, hosts, readings, beside, takes },
      among: (states) => among(settings, driftsIn(states, measure)),
      mend: `Deploy it, or another: slipway deploy ${settings.stage}`,
    },
    options,
  );
  const isDone = takes === undefined && prepared.plan.instances.every(({ change }) => change === 'none');
  return { ...prepared, alreadyLive: isDone };
}

/** All that was seen where nothing has drifted; with slots all there are, which are switched together or not at all. */
function partakers(
  { hosts, proxies }: Settings,
  drifts: readonly Drift[],
  seen: readonly HostState[],
): readonly string[] {
  const drifted = new Set(drifts.map(({ host }) => host));
  if (drifted.size > 0 && proxies.length > 0) return hosts.map(({ name }) => name);
  return seen.map(({ host }) => host).filter((host) => drifted.size === 0 || drifted.has(host));
}

/** What has drifted may change. Of a slot nothing changes alone: the other one of its role takes over from it. */
function among({ instances }: Settings, drifts: readonly Drift[]): ReadonlySet<string> {
  const drifted = new Set(drifts.map(({ instance }) => instance));
  const slotted = instances.filter(({ slot }) => slot !== undefined);
  const roles = new Set(slotted.filter(({ id }) => drifted.has(id)).map(({ role }) => role));
  const whole = slotted.filter(({ role }) => roles.has(role));
  return new Set([...drifted, ...whole.map(({ id }) => id)]);
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
