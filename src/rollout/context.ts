import type { Clock } from '../base/clock.ts';
import { Bug } from '../base/errors.ts';
import type { Throttle } from '../base/throttle.ts';
import type { InstanceSettings, Settings } from '../config/settings.ts';
import type { HostState, LockOwner } from '../host/state.ts';
import type { HostClient } from '../host/verbs.ts';
import type { ReceiveAnswer } from '../host/receiving.ts';
import type { Controls } from './controls.ts';
import type { EventStream } from './event-stream.ts';
import type { EventBody, Phase } from './events.ts';
import type { Journal } from './journal.ts';
import type { InstancePlan, Plan } from './plan.ts';
import type { Delivery } from './delivery.ts';

/** Everything one run of a plan works with. */
export interface RolloutContext {
  readonly id: string;
  readonly plan: Plan;
  readonly settings: Settings;
  /** The instances of hosts.json and those that are being retired, by id. */
  readonly instances: ReadonlyMap<string, InstanceSettings>;
  /** Hosts that take part, in the order of hosts.json; the first one decides about the lock. */
  readonly hosts: readonly HostClient[];
  /** Per host: our clock minus its clock, ms. */
  readonly clockOffsets: ReadonlyMap<string, number>;
  /** How the release comes to a host. */
  readonly delivery: Delivery;
  readonly owner: LockOwner;
  readonly events: EventStream;
  readonly journal: Journal;
  readonly controls: Controls;
  readonly clock: Clock;
  /** Paused: wait for a person who is there, or end with the lock held for one who comes. */
  readonly whenPaused: 'wait' | 'end';
  /** Instances that a rollout which this one goes on with has updated. */
  readonly already: readonly string[];
  /** Hosts of that rollout which this one leaves as they are. */
  readonly leaves: readonly HostClient[];
  /** What a person has said of it. */
  readonly decided: EventBody | undefined;
  /** What was seen of each host when the plan was made: who had its lock last, while it was free and at rest. */
  readonly seen: ReadonlyMap<string, string>;
  /** Releases that were good once, as the hosts told when the plan was made. */
  readonly good: ReadonlySet<string>;
  /** Uploads that went out behind the locks, by host. */
  readonly early: ReadonlyMap<string, Promise<ReceiveAnswer>>;
  /** The way out of this machine, which all hosts share. */
  readonly uplink: Throttle;
  /** The plan for what the hosts say now that they are locked; a host that says nothing has not changed. */
  replan(said: readonly HostState[]): Promise<Replanned>;
  /** Rollouts whose lock may be taken though it is paused (a rollback of it) or alive (--force). */
  readonly takeover: { readonly takes?: string; readonly force?: string };
}

/** The plan under the lock, and what changes with it. */
export interface Replanned {
  readonly plan: Plan;
  readonly ledger: string | undefined;
  readonly instances: ReadonlyMap<string, InstanceSettings>;
}

export function hostOf(context: RolloutContext, name: string): HostClient {
  const host = context.hosts.find((one) => one.host === name);
  if (!host) throw new Bug(`${name} does not take part in this rollout.`);
  return host;
}

export function instanceOf(context: RolloutContext, id: string): InstanceSettings {
  const instance = context.instances.get(id);
  if (!instance) throw new Bug(`${id} does not take part in this rollout.`);
  return instance;
}

export function plannedInstance(context: RolloutContext, id: string): InstancePlan {
  const planned = context.plan.instances.find((one) => one.instance === id);
  if (!planned) throw new Bug(`${id} is not in the plan.`);
  return planned;
}

export function enterPhase(context: RolloutContext, phase: Phase, reason: string): void {
  context.controls.enter(phase);
  context.events.emit({ type: 'rollout.phase', phase, reason });
}
