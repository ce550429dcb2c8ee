import type { DeployRef } from '../git/refs.ts';
import type { WatchedInstance } from '../analysis/lookout.ts';
import type { DiskUse, Sample } from '../analysis/sample.ts';
import type { AlertSettings, WebhookSettings } from '../config/settings-alerts.ts';
import type { Answered } from './ask-controller.ts';
import type { AuditTrail } from './audit.ts';
import type { Changes } from './changes.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { Drift } from './drift.ts';
import type { Unfinished } from './unfinished.ts';
import type { WishedIntent } from './wishes.ts';
import type { LogStreamOptions } from '../logs/stream.ts';
import type { HostState, ReleaseRecord } from '../host/state.ts';
import type { SlipwayError } from '../base/errors.ts';
import type { RolloutEvent } from './events.ts';
import type { OverIrreversible } from './irreversible.ts';
import type { Plan } from './plan.ts';

/** One stage, connected: what the command line and the TUI are built on. Both can do the same through it. */
export interface StageSession {
  readonly app: string;
  readonly stage: string;
  /** Ask to type the stage's name before anything is changed. */
  readonly protected: boolean;
  readonly hosts: readonly string[];
  /** Every instance that hosts.json wants, in its order. */
  readonly instances: readonly string[];
  /** What there is to watch, what of it is worth an alert, and who is told of one. */
  readonly watched: WatchedStage;
  /** Reads all hosts at once. A host that cannot be reached is part of the answer, not an error. */
  inspect(): Promise<Fleet>;
  /**
   * Branches, tags and the newest commits of the source, newest first; none where the source is a folder. Asks no host.
   * Throws UserError when there is no repository, no git or no commit.
   */
  refs(signal?: AbortSignal): Promise<readonly DeployRef[]>;
  /**
   * The commits that going from the one revision to the other brings, and those it takes away. Asks no host, and says why
   * when they are not known: this is a courtesy, not a check.
   */
  changesBetween(from: string | undefined, to: string, signal?: AbortSignal): Promise<Changes>;
  /** Who changed what, when, and how it ended: the last `limit` records of all hosts. */
  history(limit: number): Promise<AuditTrail>;
  /** Looks at all that a rollout will need on every host, and explains it. Changes nothing. */
  diagnose(signal?: AbortSignal): Promise<Diagnosis>;
  /** Builds the artifact, reads the hosts and plans. Changes nothing. */
  planDeploy(options: DeployOptions): Promise<PreparedRollout>;
  planRollback(options: RollbackOptions): Promise<PreparedRollout>;
  /** Brings what has drifted to the release that the stage is on. Throws LockedError while a rollout has the stage. */
  planReconcile(options: ContinueOptions): Promise<PreparedRollout>;
  /** The rollout that nobody runs any more. Throws UserError when there is none, LockedError when somebody runs it. */
  unfinished(): Promise<Unfinished>;
  /** What is left of it to do. */
  planContinue(unfinished: Unfinished, options: ContinueOptions): Promise<PreparedRollout>;
  /** Leaves every instance as it is, and gives the stage free; answers with the hosts that could not be told. */
  accept(unfinished: Unfinished): Promise<readonly string[]>;
  /** Runs what was shown. */
  start(prepared: PreparedRollout): RunningRollout;
  /** Asks the rollout that another process runs, and waits until that has heard it. */
  ask(intent: WishedIntent): Promise<Answered>;
  /**
   * The lines of all instances, or of some, in the order of their times; settles at their end, or when the signal is aborted.
   * What is lost is tried again from where it was. Never throws.
   */
  logs(options: SessionLogs): Promise<void>;
  /**
   * Looks at every instance again and again, on all hosts at once, until the signal is aborted or the session is closed.
   * A host that is lost is tried again. Begin it after the first `inspect`, which should not have to wait for it.
   */
  vitals(options: VitalsOptions): void;
  close(): Promise<void>;
}

export interface WatchedStage {
  readonly instances: readonly WatchedInstance[];
  readonly alerts: AlertSettings;
  readonly notify: readonly WebhookSettings[];
}

export interface Fleet {
  readonly hosts: readonly HostReading[];
  /** The releases of all hosts merged, newest first: bad anywhere is bad. */
  readonly releases: readonly FleetRelease[];
  /** The id of the release that the stage is on; undefined when none ever was good. */
  readonly release: string | undefined;
  /** What is otherwise somewhere; nothing while a rollout has the stage. */
  readonly drift: readonly Drift[];
}

export type HostReading =
  | { readonly type: 'read'; readonly host: string; readonly state: HostState }
  | { readonly type: 'unreachable'; readonly host: string; readonly reason: string; readonly mend: string | undefined };

export interface FleetRelease extends ReleaseRecord {
  /** Hosts that hold its files. */
  readonly on: readonly string[];
  /** Instances whose link points at it, but for those that idle. */
  readonly live: readonly string[];
  /** Why it cannot be rolled back to; undefined when it can. */
  readonly notATarget: string | undefined;
}

export interface DeployOptions {
  readonly ref?: string;
  readonly dir?: string;
  readonly only?: readonly string[];
  readonly restart?: boolean;
  /** Why the release cannot be undone. */
  readonly irreversible?: string;
  /** `soon`: hosts may find out already what the upload will need to know. */
  readonly begins?: 'soon' | 'never';
  /** Whether git is asked for the commits since what is live; told when left out. */
  readonly changes?: 'told' | 'left out';
  /** Lines of the build, sanitised. */
  readonly onBuildLine?: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface RollbackOptions {
  /** A release id; the last good release before the live one when left out. */
  readonly to?: string;
  readonly only?: readonly string[];
  /** A rollout whose lock this one may take; a paused one when left out. */
  readonly takes?: string;
  /** Refused, when left out. */
  readonly overIrreversible?: OverIrreversible;
  readonly signal?: AbortSignal;
}

export interface ContinueOptions extends Pick<DeployOptions, 'onBuildLine' | 'signal'> {
  /** What a person decides about what it had stopped at. */
  readonly decision?: Decision;
}

export interface PreparedRollout {
  readonly plan: Plan;
  /** Nothing to do: the release is already proven everywhere. */
  readonly alreadyLive: boolean;
  /** Commits between what is live and this release, newest first, when git knows both. */
  readonly changes: readonly string[];
}

/** What of `streamLogs` a session leaves open. */
export type SessionLogs = Pick<
  LogStreamOptions,
  'start' | 'until' | 'follow' | 'least' | 'onRecords' | 'onNotice' | 'isWanted' | 'room'
> & {
  /** Ids; all of the stage when left out. */
  readonly instances?: readonly string[];
  readonly signal: AbortSignal;
  /** Until what was refused is to be tried again; never when left out. */
  readonly retried?: LogStreamOptions['retried'];
};

export interface VitalsOptions {
  readonly signal: AbortSignal;
  /** VITALS_EVERY_MS when left out. */
  readonly everyMs?: number;
  /** Ids of the only instances that are looked at; all when left out. */
  readonly instances?: readonly string[];
  /** Whether instances are asked for what they tell of themselves; not when left out. */
  readonly metrics?: 'asked' | 'left out';
  /** Samples of one moment on one host, with times of our clock: what `takeVitals` takes. */
  readonly onVitals: (host: string, samples: readonly Sample[], disk?: DiskUse) => void;
  /** Why a host tells nothing, said once for each reason; `onVitals` says when it is back. */
  readonly onTrouble: (host: string, message: string) => void;
}

/** What a person may ask of a running rollout. Which of them is legal when: transitions.ts. */
export type Intent = WishedIntent | { readonly type: 'leave' };

/** What lets a rollout go on that has stopped. */
export type Decision = Extract<Intent, { type: 'approve' | 'retry' | 'skip' }>;

export interface RunningRollout {
  readonly id: string;
  /** Every event so far, then every event to come. Returns the way to stop listening. */
  subscribe(listener: (event: RolloutEvent) => void): () => void;
  /** Undefined when it was taken; else why it is not legal now. */
  send(intent: Intent): string | undefined;
  /** Settles when the rollout has ended or was left; rejects only for a Bug. */
  readonly finished: Promise<RolloutOutcome>;
}

export interface RolloutOutcome {
  readonly exitCode: number;
  /** One sentence for the end of the report. */
  readonly message: string;
  /** What to type next, when a person is needed. */
  readonly next: string | undefined;
  /** What stopped it before anything was changed. */
  readonly error?: SlipwayError;
}
