import { nearest } from '../base/nearest.ts';
import { UserError } from '../base/errors.ts';
import type { HostState } from '../host/state.ts';
import { instancesOf, liveRelease, mergeReleases, rollbackTarget } from './fleet.ts';
import { irreversibleBetween, requireReversible } from './irreversible.ts';
import { isManual } from './lock-words.ts';
import type { Plan } from './plan.ts';
import type { Prepared } from './prepared.ts';
import { prepareReuse } from './reuse.ts';
import type { FleetRelease, RollbackOptions } from './session.ts';
import { type Reading, readForRollout, requireReady, type Stage } from './stage.ts';
import { readOthers, targets } from './targets.ts';
import { type Frozen, readFrozen } from './unfinished.ts';

/** Chooses where to go back to, and plans the way: the fast one, without bakes. */
export async function prepareRollback(
  stage: Stage,
  { to, only, takes, overIrreversible = 'refused' }: RollbackOptions,
): Promise<Prepared> {
  const { settings } = stage;
  const hosts = targets(stage, only);
  const [readings, beside] = await Promise.all([readForRollout(stage, hosts), readOthers(stage, hosts)]);
  requireReady(stage, readings);
  const states = readings.map(({ state }) => state);
  const releases = mergeReleases(states);
  const held = takes ?? pausedRollout(readings);
  const frozen = held === undefined ? undefined : await frozenOf(stage, held, states);
  const named = to ?? (frozen && whatRan(frozen.plan, releases));
  const target =
    named === undefined ? defaultTarget(settings.stage, releases) : namedTarget(settings.stage, releases, named);
  const begun = frozen && hasBegun(frozen, states) ? frozen.plan.release.id : undefined;
  const live = liveRelease(releases);
  const from = releases.find((one) => one === live || one.id === begun);
  const over = irreversibleBetween(releases, from, target);
  const warnings = requireReversible({ stage: settings.stage, over, to: target }, overIrreversible);
  return prepareReuse(stage, { kind: 'rollback', release: target, hosts, readings, beside, warnings, takes: held });
}

function frozenOf(stage: Stage, rollout: string, states: readonly HostState[]): Promise<Frozen | undefined> {
  const hosts = states.filter(({ lock }) => lock?.owner?.rollout === rollout).map(({ host }) => host);
  return readFrozen(stage, { rollout, hosts });
}

/**
 * A rollout that has not ended is gone back from to what ran before it, wherever it has come to: what is live says nothing
 * of that. A rollback is finished. Undefined when nothing tells.
 */
function whatRan({ kind, release, instances }: Plan, releases: readonly FleetRelease[]): string | undefined {
  if (kind === 'rollback') return release.id;
  const ran = new Set(instances.map(({ back }) => back));
  return releases.find(({ id }) => ran.has(id) && id !== release.id)?.id;
}

/** Its release hooks have run, or an instance points at its release, be it one that takes no traffic yet. */
function hasBegun({ plan, hooksRun }: Frozen, states: readonly HostState[]): boolean {
  return hooksRun > 0 || instancesOf(states).some(({ current }) => current === plan.release.id);
}

/** Going back is one of the ways out of a pause; a lock that a person took by hand is another matter. */
function pausedRollout(readings: readonly Reading[]): string | undefined {
  const owners = readings.flatMap(({ state }) => state.lock?.owner ?? []);
  return owners.find((owner) => owner.state === 'paused' && !isManual(owner.rollout))?.rollout;
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
