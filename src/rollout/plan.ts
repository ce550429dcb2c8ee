import type { Slot, Strategy } from '../config/settings.ts';

/**
 * What is going to happen, as plain JSON: made by a pure function from the state of the hosts, shown before it runs, frozen
 * on every host while it runs. Same input, same bytes.
 */
export interface Plan {
  readonly v: 1;
  readonly kind: Kind;
  readonly app: string;
  readonly stage: string;
  readonly release: PlannedRelease;
  readonly strategy: Strategy;
  /** Order of execution. */
  readonly steps: readonly Step[];
  readonly hosts: readonly HostPlan[];
  readonly instances: readonly InstancePlan[];
  /** Roles whose traffic goes from one slot to the other; left out where none has slots. */
  readonly slots?: readonly SlotPlan[];
  readonly policy: Policy;
  /** Commands run for every instance that is switched. */
  readonly instanceHooks: { readonly beforeSwitch: readonly string[]; readonly afterSwitch: readonly string[] };
  /** Honest sentences for the reader: downtime, replaced paths, missing rights that do not stop it. */
  readonly warnings: readonly string[];
}

/** `reconcile`: what has drifted comes to the release that the stage is on. */
export type Kind = 'deploy' | 'rollback' | 'reconcile';

export interface SlotPlan {
  readonly role: string;
  /** The slot that has something to go back to; left out when nothing ran before. */
  readonly from?: Slot;
  readonly to: Slot;
}

export interface PlannedRelease {
  readonly id: string;
  readonly revision: string | undefined;
  readonly subject: string;
  readonly digest: string;
  readonly files: number;
  readonly bytes: number;
  /** Why it cannot be undone, when that was said of it. */
  readonly irreversible?: string | undefined;
}

export interface Policy {
  /** Per role: how many instances may be out at once. */
  readonly maxUnavailable: Readonly<Record<string, number>>;
  readonly maxFailures: number;
  readonly onFailure: 'rollback' | 'pause';
  readonly progressDeadlineMs: number;
}

export type Step =
  /** Everything invisible, on all hosts at once: receive, prepare, publish. */
  | { readonly type: 'stage'; readonly hosts: readonly string[] }
  /** Instances changed together. */
  | { readonly type: 'update'; readonly instances: readonly string[] }
  /** Commands run once, on one host. */
  | {
      readonly type: 'hook';
      readonly when: 'release' | 'afterRollout';
      readonly host: string;
      readonly commands: readonly string[];
    }
  /** Watched for `ms`; with `untilStableMs` only so long, when the logs are no worse than the others' by then. */
  | ({ readonly type: 'bake' } & Watching)
  /** New instances compared with those that were not updated yet: the verdict decides. */
  | ({ readonly type: 'analyze'; readonly canaries: readonly string[] } & Watching)
  /** A person says go on. */
  | { readonly type: 'gate'; readonly gate: Gate }
  /** A slot of a role takes the traffic, the other one idles. */
  | { readonly type: 'switchTraffic'; readonly role: string; readonly to: Slot }
  /** The slot that was replaced is kept running, so that a way back restarts nothing. */
  | { readonly type: 'keepWarm'; readonly role: string; readonly slot: Slot; readonly ms: number }
  /** Instances that are no longer wanted: stopped, disabled, link removed. */
  | { readonly type: 'retire'; readonly instances: readonly string[] };

/** `promote`: a canary spreads; `switch`: a slot takes the traffic. */
export type Gate = 'promote' | 'switch';

export interface Watching {
  readonly ms: number;
  readonly untilStableMs?: number;
}

export interface HostPlan {
  readonly host: string;
  /** The release whose files are reused, and what has to be sent beside them. */
  readonly base: string | undefined;
  readonly upload: 'reuse' | { readonly files: number; readonly bytes: number; readonly remove: number };
  readonly prepare: readonly string[];
  /** Releases deleted at the end. */
  readonly prune: readonly string[];
}

export interface InstancePlan {
  /** `bot.1@fra-1`. */
  readonly instance: string;
  readonly role: string;
  readonly host: string;
  /** What it runs now; undefined when nothing does. */
  readonly from: string | undefined;
  /**
   * Where it goes back to: `from`, unless that never was good (an interrupted rollout left it), then the last good release;
   * undefined when there is none.
   */
  readonly back: string | undefined;
  readonly change: 'update' | 'start' | 'restart' | 'retire' | 'none';
}
