import type { InstanceSettings, Settings } from '../config/settings.ts';
import type { HostState, InstanceState } from '../host/state.ts';
import { shareOf, sharesOf } from './capacity.ts';
import { instancesOf } from './fleet.ts';
import { planInstance, planRetirement } from './instance-plans.ts';
import { planBlueGreen } from './plan-blue-green.ts';
import { planCanary } from './plan-canary.ts';
import type { HostPlan, InstancePlan, Kind, Plan, PlannedRelease, Policy, Step } from './plan.ts';
import { planRolling } from './plan-rolling.ts';
import { type RoleChange, roleChange } from './role-change.ts';

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
  /** What a person has approved of an earlier run of this rollout: its gate and what led to it; or all that is left. */
  readonly approved?: 'step' | 'all' | undefined;
}

/** State in, plan out; no clock, no chance, no effect. Throws RemoteError when the update would take out too many. */
export function makePlan(input: PlanInput): Plan {
  const { settings, states, release } = input;
  const names = new Set(states.map((state) => state.host));
  const current = new Map(instancesOf(states).map((state) => [state.id, state]));
  const wanted = settings.instances.filter((instance) => names.has(instance.host));
  const planned = wanted.map((instance) => planInstance(instance, current.get(instance.id), input));
  const slotted = new Set(wanted.filter(({ slot }) => slot !== undefined).map(({ id }) => id));
  const blueGreen = planBlueGreen(input, planned);
  const instances = [
    ...planned.filter(({ instance }) => !slotted.has(instance)),
    ...blueGreen.instances,
    ...input.leftovers.map((instance) => planRetirement(instance, states)),
  ];
  const changing = new Set(instances.filter((one) => one.change !== 'none').map((one) => one.instance));
  const candidates = wanted
    .filter(({ id }) => !slotted.has(id))
    .map((instance) => ({ instance, state: current.get(instance.id) }));
  const changes = roles(wanted).flatMap((role) => {
    const ofRole = candidates.filter(({ instance }) => instance.role === role);
    return roleChange(input, ofRole, changing) ?? [];
  });
  const updates = planUpdates(input, changes);
  const retire = [...blueGreen.retire, ...input.leftovers.map((instance) => instance.id)];
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
      ...blueGreen.switching,
      ...updates.steps,
      ...blueGreen.keeping,
      ...(retire.length > 0 ? [{ type: 'retire' as const, instances: retire }] : []),
      ...hookSteps(input, instances, 'afterRollout'),
    ],
    hosts: input.hosts,
    instances,
    ...(blueGreen.slots.length > 0 ? { slots: blueGreen.slots } : {}),
    policy: planPolicy(settings),
    instanceHooks: { beforeSwitch: settings.hooks.beforeSwitch, afterSwitch: settings.hooks.afterSwitch },
    warnings: [...input.warnings, ...blueGreen.warnings, ...updates.warnings, ...downtimeWarnings(settings, instances)],
  };
}

/** The steps that a strategy has for the instances that change, and what is to be said of them. */
export interface Updates {
  readonly steps: readonly Step[];
  readonly warnings: readonly string[];
}

function planUpdates(input: PlanInput, changes: readonly RoleChange[]): Updates {
  const { strategy } = input.settings.rollout;
  // what was good before needs no strategy: the way back is the fast way
  if (input.kind !== 'deploy') return planRolling(input, changes);
  switch (strategy) {
    case 'rolling':
    case 'all-at-once':
    // what has slots is planned for by them
    case 'blue-green':
      return planRolling(input, changes);
    case 'canary':
      return planCanary(input, changes);
  }
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

function planPolicy({ rollout, instances }: Settings): Policy {
  const { maxUnavailable } = sharesOf(rollout);
  const limits = roles(instances.filter(({ slot }) => slot === undefined)).map((role) => {
    const total = instances.filter((instance) => instance.role === role).length;
    return [role, shareOf(maxUnavailable, total)] as const;
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
  const switches = plan.steps.some((step) => step.type === 'switchTraffic');
  return isGood && !switches && plan.instances.every((instance) => instance.change === 'none');
}
