import type { HostState } from '../host/state.ts';
import { mergeReleases } from './fleet.ts';
import type { PlanInput } from './make-plan.ts';
import type { InstancePlan, SlotPlan, Step } from './plan.ts';
import { bakeSteps } from './plan-rolling.ts';
import { otherSlot, readSlots, type SlotReading } from './slots.ts';

/** What roles with slots add to a plan. */
export interface BlueGreen {
  readonly slots: readonly SlotPlan[];
  /** What the plan holds of their instances; those of a slot that idles with nothing are left out. */
  readonly instances: readonly InstancePlan[];
  /** The idle slot made ready, and the traffic switched to it. */
  readonly switching: readonly Step[];
  /** The slot that was replaced, before it is retired. */
  readonly keeping: readonly Step[];
  readonly retire: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Roles with slots get the release in the slot that idles, all instances at once since they take no traffic; then that takes
 * the traffic of all proxies. `planned` says what each instance would need to run the release. Pure.
 */
export function planBlueGreen(input: PlanInput, planned: readonly InstancePlan[]): BlueGreen {
  const { among, settings, states } = input;
  const mayChange = (role: string) => planned.some((one) => one.role === role && (among?.has(one.instance) ?? true));
  const ways = readSlots(settings, states)
    .filter(({ role }) => mayChange(role))
    .map((reading) => wayOf(input, reading, planned));
  const instances = ways.flatMap(({ target, left }) => [...target, ...left]);
  const retire = ways.flatMap(({ left }) => left.map(({ instance }) => instance));
  return {
    slots: ways.map(({ slot }) => slot),
    instances: planned.flatMap(({ instance }) => instances.find((one) => one.instance === instance) ?? []),
    switching: switchingSteps(input, ways),
    keeping: ways.flatMap((way) => keepWarm(input, way)),
    retire,
    warnings: ways.flatMap(({ slot, certain }) => (certain === 'no' ? [uncertain(slot)] : [])),
  };
}

interface Way {
  readonly slot: SlotPlan;
  readonly certain: SlotReading['certain'];
  /** `stays`: the slot that takes the traffic runs the release already. */
  readonly traffic: 'moves' | 'stays';
  readonly target: readonly InstancePlan[];
  /** Instances of the other slot that have something to run. */
  readonly left: readonly InstancePlan[];
}

function wayOf(input: PlanInput, { role, taken, certain }: SlotReading, planned: readonly InstancePlan[]): Way {
  const of = (slot: string) =>
    planned.filter(({ instance }) => {
      const settings = input.settings.instances.find(({ id }) => id === instance);
      return settings?.role === role && settings.slot === slot;
    });
  const stays = taken !== undefined && of(taken).every(({ change }) => change === 'none');
  const to = taken === undefined ? 'blue' : stays ? taken : otherSlot(taken);
  const left = of(otherSlot(to))
    .filter(({ from }) => from !== undefined)
    .map((one): InstancePlan => ({ ...one, back: one.from, change: 'retire' }));
  const from = left.length > 0 ? otherSlot(to) : undefined;
  // the way back is the other slot; this one then idles again
  const hasOther = from !== undefined || !stays;
  const target = hasOther ? of(to).map((one): InstancePlan => ({ ...one, back: undefined })) : of(to);
  return {
    slot: { role, to, ...(from === undefined ? {} : { from }) },
    certain,
    traffic: stays ? 'stays' : 'moves',
    target,
    left,
  };
}

function switchingSteps({ kind, settings: { rollout }, approved }: PlanInput, ways: readonly Way[]): readonly Step[] {
  const updates = ways.flatMap(({ target }): Step[] => {
    const instances = target.filter(({ change }) => change !== 'none').map(({ instance }) => instance);
    return instances.length === 0 ? [] : [{ type: 'update', instances }];
  });
  const moving = ways.filter(({ traffic, certain }) => traffic === 'moves' || certain === 'no');
  const switches = moving.map(({ slot: { role, to } }): Step => ({ type: 'switchTraffic', role, to }));
  // the way back is the fast way: nobody is asked, and nothing is watched
  const isNew = kind === 'deploy' && ways.some(({ traffic }) => traffic === 'moves');
  return [
    ...updates,
    ...(isNew && rollout.approve === 'manual' && approved === undefined
      ? [{ type: 'gate', gate: 'switch' } as const]
      : []),
    ...switches,
    ...(isNew && approved !== 'all' ? bakeSteps(rollout.bake) : []),
  ];
}

/** A rollout that was interrupted after its switch still owes it. */
function keepWarm({ kind, settings, states, release }: PlanInput, { slot, traffic }: Way): readonly Step[] {
  const { keepWarmMs: ms } = settings.rollout;
  const isOwed = traffic === 'moves' || !isGood(states, release.id);
  if (kind !== 'deploy' || ms === 0 || slot.from === undefined || !isOwed) return [];
  return [{ type: 'keepWarm', role: slot.role, slot: slot.from, ms }];
}

function isGood(states: readonly HostState[], id: string): boolean {
  return mergeReleases(states).some((one) => one.id === id && one.status === 'good');
}

function uncertain({ role, from, to }: SlotPlan): string {
  const slots = from === undefined ? to : `${from} and ${to}`;
  return `The proxies do not tell which slot of ${role} takes the traffic (${slots}), as after a restart of theirs: the one that runs the newest good release counts.`;
}
