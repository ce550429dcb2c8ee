import { RemoteError } from '../base/errors.ts';
import { plural } from '../base/text.ts';
import type { BakeSettings, InstanceSettings, Settings } from '../config/settings.ts';
import type { HostState, InstanceState } from '../host/state.ts';
import { batches, type Candidate, isOut, shareOf, updateOrder } from './capacity.ts';
import { instancesOf, mergeReleases } from './fleet.ts';
import type { HostPlan, InstancePlan, Kind, Plan, PlannedRelease, Policy, Step } from './plan.ts';

export interface PlanInput {
  readonly kind: Kind;
  readonly settings: Settings;
  /** Every host that takes part, read. */
  readonly states: readonly HostState[];
  readonly release: PlannedRelease;
  /** Instances on hosts that are left out (--only): those that are out count. */
  readonly bystanders: readonly InstanceState[];
  /** What each host lacks of the release. */
  readonly hosts: readonly HostPlan[];
  /** Instances on the hosts that nobody wants any more and that can be stopped. */
  readonly leftovers: readonly InstanceSettings[];
  /** `always` restarts instances that already run the release. */
  readonly restart: 'when needed' | 'always';
  /** The instances that may change; all, when left out. */
  readonly among?: ReadonlySet<string> | undefined;
  readonly warnings: readonly string[];
}

/** State in, plan out; no clock, no chance, no effect. Throws RemoteError when the update would take out too many. */
export function makePlan(input: PlanInput): Plan {
  const { settings, states, release } = input;
  const names = new Set(states.map((state) => state.host));
  const current = new Map(instancesOf(states).map((state) => [state.id, state]));
  const wanted = settings.instances.filter((instance) => names.has(instance.host));
  const instances = [
    ...wanted.map((instance) => planInstance(instance, current.get(instance.id), input)),
    ...input.leftovers.map((instance) => planRetirement(instance, states)),
  ];
  const changing = new Set(instances.filter((one) => one.change !== 'none').map((one) => one.instance));
  const candidates = wanted.map((instance) => ({ instance, state: current.get(instance.id) }));
  const updates = roles(wanted).flatMap((role) =>
    updateSteps(
      input,
      candidates.filter(({ instance }) => instance.role === role),
      changing,
    ),
  );
  const retire = input.leftovers.map((instance) => instance.id);
  return {
    v: 1,
    kind: input.kind,
    app: settings.app,
    stage: settings.stage,
    release,
    strategy: settings.rollout.strategy,
    steps: [
      { type: 'stage', hosts: [...names] },
      ...hookSteps(input, instances, 'release'),
      ...updates,
      ...(retire.length > 0 ? [{ type: 'retire' as const, instances: retire }] : []),
      ...hookSteps(input, instances, 'afterRollout'),
    ],
    hosts: input.hosts,
    instances,
    policy: planPolicy(settings),
    instanceHooks: { beforeSwitch: settings.hooks.beforeSwitch, afterSwitch: settings.hooks.afterSwitch },
    warnings: [...input.warnings, ...downtimeWarnings(settings, instances)],
  };
}

/**
 * Hooks of the whole stage run with a deploy alone, since a way back has nothing to migrate; and a release that an instance
 * runs already has been through its own.
 */
function hookSteps(
  { kind, settings, states, release }: PlanInput,
  instances: readonly InstancePlan[],
  when: 'release' | 'afterRollout',
): Step[] {
  const commands = settings.hooks[when];
  const host = states[0]?.host;
  const isThrough = when === 'release' && instances.some(({ from }) => from === release.id);
  if (kind !== 'deploy' || commands.length === 0 || host === undefined || isThrough) return [];
  return [{ type: 'hook', when, host, commands }];
}

function planInstance(
  instance: InstanceSettings,
  state: InstanceState | undefined,
  { release, restart, states, among }: PlanInput,
): InstancePlan {
  const mayChange = among?.has(instance.id) ?? true;
  const proven = state?.current === release.id && state.runs.type === 'release' && state.runs.id === release.id;
  const unchanged = proven && state.health?.healthy !== false && restart === 'when needed';
  const change = unchanged || !mayChange ? 'none' : proven ? 'restart' : state?.current ? 'update' : 'start';
  const from = state?.current;
  const back = wayBack(states, { from, to: release.id, host: instance.host });
  return { instance: instance.id, role: instance.role, host: instance.host, from, back, change };
}

function planRetirement(instance: InstanceSettings, states: readonly HostState[]): InstancePlan {
  const state = states.find((one) => one.host === instance.host);
  const from = state?.leftovers.find((one) => one.name === instance.name)?.current;
  return { instance: instance.id, role: instance.role, host: instance.host, from, back: from, change: 'retire' };
}

interface Way {
  readonly from: string | undefined;
  readonly to: string;
  readonly host: string;
}

/** Back to what it runs now when that was good, or when nothing is known of it; else to the last good release here. */
function wayBack(states: readonly HostState[], { from, to, host }: Way): string | undefined {
  if (from === undefined) return undefined;
  const releases = mergeReleases(states);
  const wasGood = (id: string) => ['good', 'left'].includes(releases.find((one) => one.id === id)?.status ?? '');
  if (wasGood(from) || !releases.some((one) => one.id === from)) return from;
  return releases.find(
    (one) => one.status === 'good' && one.bad === undefined && one.id !== to && one.on.includes(host),
  )?.id;
}

/** One role at a time, in the order of hosts.json: no batch mixes roles. */
function updateSteps(input: PlanInput, candidates: readonly Candidate[], changing: ReadonlySet<string>): Step[] {
  const affected = candidates.filter(({ instance }) => changing.has(instance.id));
  if (affected.length === 0) return [];
  const role = affected[0]!.instance.role;
  const { rollout, instances } = input.settings;
  const total = instances.filter((instance) => instance.role === role).length;
  const limit = shareOf(rollout.maxUnavailable, total);
  const out = requireCapacity({ role, candidates, affected, bystanders: input.bystanders, limit });
  const exclusive = affected.some(({ instance }) => instance.exclusive);
  // the way back is the fast way: as many at once as may be out
  const back = input.kind === 'rollback';
  // a release that was good has been watched
  const bakes = input.kind === 'deploy' ? bakeStep(rollout.bake) : [];
  const room = limit - out;
  const size = exclusive ? 1 : back ? room : Math.min(shareOf(rollout.batch, total), room);
  return batches(updateOrder(affected), size).flatMap((batch) => [
    { type: 'update', instances: batch.map(({ instance }) => instance.id) } satisfies Step,
    ...bakes,
  ]);
}

function bakeStep({ ms, untilStableMs }: BakeSettings): Step[] {
  if (ms === 0) return [];
  return [{ type: 'bake', ms, ...(untilStableMs === undefined ? {} : { untilStableMs }) }];
}

interface Capacity {
  readonly role: string;
  readonly candidates: readonly Candidate[];
  readonly affected: readonly Candidate[];
  readonly bystanders: readonly InstanceState[];
  readonly limit: number;
}

/**
 * Instances that are out and stay so count against maxUnavailable: a healthy one may only go when there is room left.
 * Answers with how many there are.
 */
function requireCapacity({ role, candidates, affected, bystanders, limit }: Capacity): number {
  const kept = candidates
    .filter((one) => !affected.includes(one))
    .map(({ instance, state }) => ({ id: instance.id, state }));
  const beside = bystanders
    .filter((state) => state.name.startsWith(`${role}.`))
    .map((state) => ({ id: state.id, state }));
  const out = [...kept, ...beside].filter(({ state }) => isOut(state));
  const serving = affected.filter(({ state }) => !isOut(state));
  if (serving.length === 0) return 0;
  if (out.length < limit) return out.length;
  const count = `${plural(out.length, 'instance')} of ${role} ${out.length === 1 ? 'is' : 'are'} out already`;
  throw new RemoteError({
    code: 'SLIP_CAPACITY',
    message: `${count}: taking a healthy one out too would break maxUnavailable (${limit}).`,
    detail: out.map(({ id, state }) => `${id}: ${state?.health?.outcome ?? state?.service.status ?? 'unknown'}`),
    mend: 'Include those instances, mend them first, or raise rollout.maxUnavailable.',
  });
}

function planPolicy({ rollout, instances }: Settings): Policy {
  const limits = roles(instances).map((role) => {
    const total = instances.filter((instance) => instance.role === role).length;
    return [role, shareOf(rollout.maxUnavailable, total)] as const;
  });
  return {
    maxUnavailable: Object.fromEntries(limits),
    maxFailures: rollout.maxFailures,
    onFailure: rollout.onFailure,
    progressDeadlineMs: rollout.progressDeadlineMs,
  };
}

function roles(instances: readonly InstanceSettings[]): readonly string[] {
  return [...new Set(instances.map((instance) => instance.role))];
}

/** Honest about downtime: an only instance is away while it restarts. */
function downtimeWarnings(settings: Settings, instances: readonly InstancePlan[]): readonly string[] {
  return roles(settings.instances).flatMap((role) => {
    const ofRole = settings.instances.filter((instance) => instance.role === role);
    const restarted = instances.some(
      (one) => one.role === role && (one.change === 'update' || one.change === 'restart'),
    );
    const served = ofRole.some((instance) => instance.service.type !== 'files');
    if (ofRole.length > 1 || !restarted || !served) return [];
    return [`${role} has one instance: it is away while it restarts.`];
  });
}

/** Nothing to do but what is done already; a release that is not good on every host yet still has to be made so. */
export function isAlreadyLive(plan: Plan, states: readonly HostState[]): boolean {
  const { id } = plan.release;
  const isGood = states.every((state) => state.releases.some((one) => one.id === id && one.status === 'good'));
  return isGood && plan.instances.every((instance) => instance.change === 'none');
}
