import type { InstanceSettings } from '../config/settings.ts';
import type { HostState } from '../host/state.ts';
import type { Delivery } from './delivery.ts';
import type { EventBody } from './events.ts';
import type { Kind, Plan } from './plan.ts';
import type { PreparedRollout } from './session.ts';
import type { Reading } from './stage.ts';

/** A planned rollout with what it takes to run it. */
export interface Prepared extends PreparedRollout {
  readonly hosts: readonly string[];
  readonly readings: readonly Reading[];
  readonly delivery: Delivery;
  /** Why the lock is taken: for whoever finds it. */
  readonly why: string;
  /** A paused rollout that this one may take the lock from. */
  readonly takes: string | undefined;
  /** Instances that the rollout which this one goes on with has updated: a way back is theirs, too. */
  readonly already?: readonly string[];
  /** Hosts of that rollout which this one leaves as they are, by a person's word. */
  readonly leaves?: readonly string[];
  /** What a person has said of it, which its journal has to hold. */
  readonly decided?: EventBody;
  /** The plan for what the hosts say now, under the lock. */
  replan(readings: readonly Reading[]): Replan;
}

/** Why the lock of a rollout is taken. */
export function purpose(kind: Kind, release: string): string {
  return kind === 'deploy' ? `deploy ${release}` : `${kind} to ${release}`;
}

/** The instances that may change, by what the hosts say. */
export type Among = (states: readonly HostState[]) => ReadonlySet<string>;

export interface Replan {
  readonly plan: Plan;
  readonly ledger: string | undefined;
  /** Instances that are being retired, beside those of hosts.json. */
  readonly leftovers: readonly InstanceSettings[];
}
