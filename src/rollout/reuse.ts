import type { HostPlan, PlannedRelease, Plan } from './plan.ts';
import type { Delivery } from './delivery.ts';
import { instancesOf } from './fleet.ts';
import { isAlreadyLive, makePlan } from './make-plan.ts';
import type { Prepared } from './prepared.ts';
import type { FleetRelease } from './session.ts';
import type { Reading, Stage } from './stage.ts';
import { type Beside, unknownWarnings } from './targets.ts';

export interface Reusing {
  readonly kind: Plan['kind'];
  /** Its files are on every host. */
  readonly release: FleetRelease;
  readonly hosts: readonly string[];
  readonly readings: readonly Reading[];
  readonly beside: Beside;
  /** A rollout whose lock this one may take though it waits for a person. */
  readonly takes: string | undefined;
}

/** A rollout of a release that the hosts have: nothing is sent, every file is verified. */
export function prepareReuse({ settings }: Stage, reusing: Reusing): Prepared {
  const { kind, release, hosts, readings, beside, takes } = reusing;
  const planned = plannedRelease(release);
  const replan = (now: readonly Reading[]) => {
    const plan = makePlan({
      kind,
      settings,
      states: now.map(({ state }) => state),
      release: planned,
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
    alreadyLive: isAlreadyLive(
      plan,
      readings.map(({ state }) => state),
    ),
    changes: [],
    hosts,
    readings,
    delivery: reuse(release),
    why: `${kind === 'rollback' ? 'rollback to' : 'deploy'} ${release.id}`,
    takes,
    replan,
  };
}

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
