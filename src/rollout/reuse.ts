import type { HostPlan, Kind, PlannedRelease } from './plan.ts';
import type { Delivery } from './delivery.ts';
import { instancesOf } from './fleet.ts';
import { isAlreadyLive, makePlan } from './make-plan.ts';
import { type Leftovers, leftoversOf } from './leftovers.ts';
import { type Among, type Prepared, purpose } from './prepared.ts';
import type { FleetRelease } from './session.ts';
import type { Reading, Stage } from './stage.ts';
import { type Beside, unknownWarnings } from './targets.ts';

export interface Reusing {
  readonly kind: Kind;
  /** Its files are on every host. */
  readonly release: FleetRelease;
  readonly hosts: readonly string[];
  readonly readings: readonly Reading[];
  readonly beside: Beside;
  /** A rollout whose lock this one may take though it waits for a person. */
  readonly takes: string | undefined;
  /** All, when left out. */
  readonly among?: Among | undefined;
}

/** A rollout of a release that the hosts have: nothing is sent, every file is verified. */
export function prepareReuse({ settings }: Stage, reusing: Reusing): Prepared {
  const { kind, release, hosts, readings, beside, takes, among } = reusing;
  const planned = plannedRelease(release);
  const replan = (now: readonly Reading[]) => {
    const states = now.map(({ state }) => state);
    // a way back leaves alone what is not part of it
    const { revived, warnings } = kind === 'rollback' ? NO_LEFTOVERS : leftoversOf(states);
    const plan = makePlan({
      kind,
      settings,
      states,
      release: planned,
      bystanders: instancesOf(beside.states),
      hosts: hosts.map((host): HostPlan => ({ host, base: undefined, upload: 'reuse', prepare: [], prune: [] })),
      leftovers: revived,
      restart: 'when needed',
      among: among?.(states),
      warnings: [...unknownWarnings(beside), ...warnings],
    });
    return { plan, ledger: undefined, leftovers: revived };
  };
  const { plan } = replan(readings);
  return {
    plan,
    alreadyLive: isAlreadyLive(
      plan,
      readings.map(({ state }) => state),
    ),
    changes: [],
    hosts,
    readings,
    delivery: reuse(release),
    why: purpose(kind, release.id),
    takes,
    replan,
  };
}

const NO_LEFTOVERS: Leftovers = { revived: [], warnings: [] };

function reuse({ digest, status }: FleetRelease): Delivery {
  return {
    digest,
    wasGood: status === 'good' || status === 'left',
    ledger: undefined,
    to: () => ({ type: 'reuse', verify: 'all files' }),
    dispose: () => Promise.resolve(),
  };
}

function plannedRelease({ id, revision, subject, digest }: FleetRelease): PlannedRelease {
  return { id, revision, subject, digest, files: 0, bytes: 0 };
}
