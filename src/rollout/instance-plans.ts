import type { InstanceSettings } from '../config/settings.ts';
import { type HostState, type InstanceState, wasGood } from '../host/state.ts';
import { mergeReleases } from './fleet.ts';
import type { PlanInput } from './make-plan.ts';
import type { InstancePlan } from './plan.ts';

/** What becomes of an instance that is wanted. */
export function planInstance(
  instance: InstanceSettings,
  state: InstanceState | undefined,
  { release, restart, states, among }: PlanInput,
): InstancePlan {
  const proven = state?.current === release.id && state.runs.type === 'release' && state.runs.id === release.id;
  const unchanged = proven && state.health?.healthy !== false && restart === 'when needed';
  const mayChange = among?.has(instance.id) ?? true;
  const change = unchanged || !mayChange ? 'none' : proven ? 'restart' : state?.current ? 'update' : 'start';
  const from = state?.current;
  const back = wayBack(states, { from, to: release.id, host: instance.host });
  return { instance: instance.id, role: instance.role, host: instance.host, from, back, change };
}

/** What becomes of one that nobody wants any more. */
export function planRetirement(instance: InstanceSettings, states: readonly HostState[]): InstancePlan {
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
  const known = releases.find((one) => one.id === from);
  if (known === undefined || wasGood(known.status)) return from;
  return releases.find(
    (one) => one.status === 'good' && one.bad === undefined && one.id !== to && one.on.includes(host),
  )?.id;
}
