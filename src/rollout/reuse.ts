import { wasGood } from '../host/state.ts';
import type { HostPlan, Kind, PlannedRelease } from './plan.ts';
import type { Delivery } from './delivery.ts';
import { instancesOf, mergeReleases } from './fleet.ts';
import { ledgerLine, recipeOf } from './ledger.ts';
import { isAlreadyLive, makePlan, type PlanInput } from './make-plan.ts';
import { heldForward } from './irreversible.ts';
import { type Leftovers, leftoversOf } from './leftovers.ts';
import { whoAmI } from './owner.ts';
import { type Among, type Prepared, purpose, type Replan } from './prepared.ts';
import type { FleetRelease } from './session.ts';
import type { Reading, Stage } from './stage.ts';
import { type Beside, unknownWarnings } from './targets.ts';

export interface Reusing extends Pick<PlanInput, 'approved'> {
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
  /** What is to be said of it beside the usual. */
  readonly warnings?: readonly string[];
}

/** A rollout of a release that the hosts have: nothing is sent, every file is verified. */
export function prepareReuse(stage: Stage, reusing: Reusing): Prepared {
  const { kind, release, hosts, readings, takes } = reusing;
  const replan = (now: readonly Reading[]) => planReuse(stage, reusing, now);
  const { plan, ledger } = replan(readings);
  const states = readings.map(({ state }) => state);
  return {
    plan,
    // a lock that is taken over has to be given back
    alreadyLive: takes === undefined && isAlreadyLive(plan, states),
    changes: [],
    hosts,
    readings,
    delivery: reuse(release, ledger),
    why: purpose(kind, release.id),
    takes,
    replan,
  };
}

const NO_LEFTOVERS: Leftovers = { revived: [], warnings: [] };

function planReuse(
  { settings, clock }: Stage,
  { kind, release, hosts, beside, among, approved, warnings: told = [] }: Reusing,
  now: readonly Reading[],
): Replan {
  const states = now.map(({ state }) => state);
  const planned = plannedRelease(release);
  // a way back leaves alone what is not part of it
  const { revived, warnings } = kind === 'rollback' ? NO_LEFTOVERS : leftoversOf(states);
  const made = makePlan({
    ...{ kind, settings, states, release: planned, leftovers: revived },
    bystanders: instancesOf(beside.states),
    hosts: hosts.map((host): HostPlan => ({ host, base: undefined, upload: 'reuse', prepare: [], prune: [] })),
    restart: 'when needed',
    among: among?.(states),
    approved,
    warnings: [...told, ...unknownWarnings(beside), ...warnings],
  });
  const plan = heldForward(made);
  // what was good before and is deployed again is the newest one at the end; any other has its place already
  if (kind !== 'deploy' || !wasGood(release.status)) return { plan, ledger: undefined, leftovers: revived };
  const releases = mergeReleases([...states, ...beside.states]);
  const recipe = release.recipe ?? recipeOf(settings);
  const facts = { status: 'preparing' as const, release: planned, recipe, releases };
  return { plan, ledger: ledgerLine({ ...facts, by: whoAmI(), now: clock.now() }), leftovers: revived };
}

function reuse(release: FleetRelease, ledger: string | undefined): Delivery {
  return {
    digest: release.digest,
    wasGood: wasGood(release.status),
    ledger,
    to: () => ({ type: 'reuse', verify: 'all files' }),
    dispose: () => Promise.resolve(),
  };
}

function plannedRelease({ id, revision, subject, digest, irreversible }: FleetRelease): PlannedRelease {
  return { id, revision, subject, digest, files: 0, bytes: 0, irreversible };
}
