import { nearest } from '../base/nearest.ts';
import { UserError } from '../base/errors.ts';
import type { HostPlan, PlannedRelease } from './plan.ts';
import type { Delivery } from './delivery.ts';
import { instancesOf, liveRelease, mergeReleases, rollbackTarget } from './fleet.ts';
import { isManual } from './locking.ts';
import { isAlreadyLive, makePlan } from './make-plan.ts';
import type { Prepared } from './prepared.ts';
import type { FleetRelease, RollbackOptions } from './session.ts';
import { type Reading, readForRollout, requireReady, type Stage } from './stage.ts';
import { readOthers, targets, unknownWarnings } from './targets.ts';

/** Chooses where to go back to, and plans the way: the fast one, without bakes. */
export async function prepareRollback(stage: Stage, { to, only }: RollbackOptions): Promise<Prepared> {
  const { settings } = stage;
  const hosts = targets(stage, only);
  const [readings, beside] = await Promise.all([readForRollout(stage, hosts), readOthers(stage, hosts)]);
  requireReady(stage, readings);
  const states = readings.map(({ state }) => state);
  const releases = mergeReleases(states);
  const target = to === undefined ? defaultTarget(settings.stage, releases) : namedTarget(settings.stage, releases, to);
  const release = plannedRelease(target);
  const replan = (now: readonly Reading[]) => {
    const plan = makePlan({
      kind: 'rollback',
      settings,
      states: now.map(({ state }) => state),
      release,
      bystanders: instancesOf(beside.states),
      hosts: hosts.map((host): HostPlan => ({ host, base: undefined, upload: 'reuse', prepare: [], prune: [] })),
      leftovers: [],
      restart: 'when needed',
      warnings: unknownWarnings(beside),
    });
    return { plan, ledger: undefined, leftovers: [] };
  };
  const { plan } = replan(readings);
  return {
    plan,
    alreadyLive: isAlreadyLive(plan, states),
    changes: [],
    hosts,
    readings,
    delivery: reuse(target.digest),
    why: `rollback to ${release.id}`,
    takes: pausedRollout(readings),
    replan,
  };
}

/** Going back is one of the ways out of a pause; a lock that a person took by hand is another matter. */
function pausedRollout(readings: readonly Reading[]): string | undefined {
  const owners = readings.flatMap(({ state }) => state.lock?.owner ?? []);
  return owners.find((owner) => owner.state === 'paused' && !isManual(owner.rollout))?.rollout;
}

function reuse(digest: string): Delivery {
  return {
    digest,
    wasGood: true,
    ledger: undefined,
    to: () => ({ type: 'reuse', verify: 'all files' }),
    dispose: () => Promise.resolve(),
  };
}

function defaultTarget(stage: string, releases: readonly FleetRelease[]): FleetRelease {
  const target = rollbackTarget(releases);
  if (target) return target;
  const live = liveRelease(releases);
  throw new UserError({
    code: 'SLIP_NO_TARGET',
    message: live
      ? `${stage} has no good release before ${live.id} to go back to.`
      : `Nothing runs on ${stage}, so there is nothing to go back from.`,
    mend: `Look at: slipway releases ${stage}`,
  });
}

/** A target is named by its id, or by enough of its end (the revision) or beginning to be the only one. */
function namedTarget(stage: string, releases: readonly FleetRelease[], name: string): FleetRelease {
  // an empty name (of an unset variable) would begin every id
  const isNamed = ({ id }: FleetRelease) => name !== '' && (id.startsWith(name) || id.endsWith(`-${name}`));
  const found = releases.filter(isNamed);
  const exact = found.find((one) => one.id === name) ?? (found.length === 1 ? found[0] : undefined);
  if (!exact) {
    const meant = nearest(
      name,
      releases.map((one) => one.id),
    );
    throw new UserError({
      code: 'SLIP_RELEASE_UNKNOWN',
      message:
        found.length > 1
          ? `${name} could be ${found.map((one) => one.id).join(' or ')}.`
          : `${stage} has no release ${name === '' ? 'without a name' : name}.${meant ? ` Did you mean ${meant}?` : ''}`,
      mend: `Look at: slipway releases ${stage}`,
    });
  }
  if (exact.notATarget !== undefined && exact.notATarget !== 'it is live') {
    throw new UserError({
      code: 'SLIP_NOT_A_TARGET',
      message: `${exact.id} cannot be rolled back to: ${exact.notATarget}.`,
      mend: `Look at: slipway releases ${stage}`,
    });
  }
  return exact;
}

function plannedRelease({ id, revision, subject, digest }: FleetRelease): PlannedRelease {
  return { id, revision, subject, digest, files: 0, bytes: 0 };
}
