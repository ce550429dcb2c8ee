import type {
  HookSettings,
  InstanceSettings,
  PrepareSettings,
  ProxySettings,
  SharedSettings,
} from '../config/settings.ts';
import type { DiskUse, Sample } from '../analysis/sample.ts';
import type { LogsOptions } from './logs.ts';
import type { HistoryRecord } from './records.ts';
import type { Arrived, ArrivedOptions, ReceiveAnswer, ReceiveOptions } from './receiving.ts';
import type { Variables } from './request.ts';
import type { HostState, LockOwner, LockState, ServerState } from './state.ts';

/**
 * The one typed way to a host. Each method is one request to the host script and costs one round trip on a channel that
 * was opened beforehand. Every method throws RemoteError, ConnectionLostError or UserError, each with its mend.
 */
export interface HostClient {
  readonly host: string;
  /** Reads everything planning and status need. Changes nothing. */
  probe(options: ProbeOptions): Promise<HostState>;
  /** The host's clock when it was asked, milliseconds since 1970; undefined when it is not told. The least that can be asked. */
  time(): Promise<number | undefined>;
  lock(options: LockOptions): Promise<LockAnswer>;
  unlock(options: UnlockOptions): Promise<UnlockAnswer>;
  /** Writes the owner of a lock that is ours anew (held, paused). */
  own(owner: LockOwner): Promise<void>;
  /** Freezes the plan of the rollout on the host. */
  rollout(rollout: string, plan: string): Promise<void>;
  /** The plan of a rollout, as it was frozen, and what it has run of its release hooks. SLIP_ABSENT when there is none. */
  plan(rollout: string): Promise<FrozenPlan>;
  /** The lines of the journal of a rollout, oldest first: JSON that anybody could have written. SLIP_ABSENT when there is none. */
  events(rollout: string): Promise<readonly string[]>;
  receive(options: ReceiveOptions): Promise<ReceiveAnswer>;
  /** What became of an upload whose connection was lost. */
  arrived(options: ArrivedOptions): Promise<Arrived>;
  /** Writes the ledger line of a release that is there already. */
  ledger(options: { readonly rollout: string; readonly release: string; readonly ledger: string }): Promise<void>;
  prepare(options: PrepareOptions): Promise<void>;
  /** Runs commands in a release, one after the other; the first that fails ends it. */
  hook(options: HookOptions): Promise<void>;
  /** The text of a manifest that the host keeps; undefined when it has none of that digest. */
  manifest(digest: string): Promise<string | undefined>;
  /** Hashes every file of a release on the host. */
  verify(options: VerifyOptions): Promise<void>;
  /** Starts the worker of one instance and follows it; settles with its last frame. */
  activate(options: ActivateOptions): Promise<void>;
  /** Follows a worker from its first frame. */
  follow(options: FollowOptions): Promise<void>;
  /** The worker stops waiting and goes back. */
  cancel(options: { readonly rollout: string; readonly instance: string; readonly turn: number }): Promise<void>;
  /** Tells a proxy on the host which servers take traffic: once, and nothing before enough of them are up. */
  traffic(options: TrafficOptions): Promise<TrafficAnswer>;
  finish(options: FinishOptions): Promise<readonly string[]>;
  /** Leaves a line for whoever runs the rollout. SLIP_SUPERSEDED when it does not hold the lock. */
  tell(options: { readonly rollout: string; readonly line: string }): Promise<void>;
  /** The event (JSON) that answers what was told; undefined while there is none. SLIP_SUPERSEDED when there will be none. */
  answer(options: { readonly rollout: string; readonly id: string }): Promise<string | undefined>;
  history(count: number): Promise<readonly HistoryRecord[]>;
  /** The channel that beats and journals as long as the controller lives. */
  control(rollout: string, onLine: (line: string) => void): Promise<Control>;
  log(instance: InstanceSettings, options: LogOptions): Promise<void>;
  /** The lines of one source as they are; settles at their end. RemoteError SLIP_LOG_NARROW: only `log` may be used. */
  logs(options: LogsOptions): Promise<void>;
  /** Samples instances until the signal is aborted; `onSamples` gets those of one moment, with the host's time. */
  sample(options: SampleOptions, onSamples: OnSamples): Promise<void>;
  /** Rollouts whose journal holds an analysis, oldest first. */
  analysed(): Promise<readonly string[]>;
}

export interface ProbeOptions {
  readonly instances: readonly InstanceSettings[];
  readonly shared: SharedSettings;
  /** Those on this host. */
  readonly proxies?: readonly ProxySettings[];
  /** `rights` also asks for everything a rollout will need; `look` only reads. */
  readonly depth: 'look' | 'rights';
  /** Whether the host's spare copy of what it runs is of use is found out once it has answered, for an upload that follows. */
  readonly spare?: Spare;
}

export interface TrafficOptions {
  readonly rollout: string;
  readonly proxy: ProxySettings;
  /** Servers that are to take traffic, and servers that are to lose it. */
  readonly ready: readonly string[];
  readonly drain: readonly string[];
  /** How many of those that take it have to be up first. */
  readonly enough: 'all' | 'one';
}

export interface TrafficAnswer {
  /** `no`: too few are up, so nothing was changed. */
  readonly shifted: 'yes' | 'no';
  /** What the proxy says afterwards. */
  readonly servers: readonly ServerState[];
}

export type Spare = 'wanted' | 'none';

export interface LockOptions {
  readonly owner: LockOwner;
  readonly app: string;
  readonly stage: string;
  /** The rollout of an owner known to be gone: its lock is taken over at once. */
  readonly dead?: string;
  /** The rollout of an owner that is taken over though it may live. */
  readonly force?: string;
  /** The paused rollout whose lock this one may take. */
  readonly takes?: string;
  /** A history line (JSON) for a takeover; its first `@` stands for the rollout whose lock it was. */
  readonly history: string;
  /** Frozen once the lock is ours: whoever finds it learns what its owner was about to do. */
  readonly plan?: string;
  /** What to read once the lock is ours, in the same round trip. */
  readonly look?: LookOptions;
  /** Sent behind it without waiting for its answer: the host takes it only when the lock is ours. */
  readonly receive?: ReceiveOptions;
}

export interface LookOptions extends ProbeOptions {
  /** Who had the lock last when it was free: as long as that is so, nothing has changed, and nothing is read. */
  readonly seen?: string | undefined;
}

export type LockAnswer =
  | ({ readonly type: 'taken' } & UnderLock)
  | ({ readonly type: 'takenOver'; readonly from: LockState } & UnderLock)
  | { readonly type: 'refused'; readonly by: LockState };

interface UnderLock {
  /** What was read under the lock, when that was asked for and something may have changed. */
  readonly state?: HostState;
  /** The end of what was sent behind it. */
  readonly received?: Promise<ReceiveAnswer>;
}

export interface UnlockOptions {
  /** The rollout that holds it, or "any" for whoever does. */
  readonly rollout: string | { readonly any: true };
  readonly history?: string;
}

export type UnlockAnswer =
  | { readonly type: 'none' }
  | { readonly type: 'released'; readonly was: LockState }
  | { readonly type: 'refused'; readonly by: LockState };

export interface PrepareOptions {
  readonly rollout: string;
  readonly stage: string;
  readonly release: string;
  readonly base: string | undefined;
  readonly steps: readonly PrepareSettings[];
  readonly shared: SharedSettings;
  readonly onStep: (step: { readonly run: string; readonly state: 'started' | 'finished' | 'reused' }) => void;
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

/** What a rollout left in its folder. */
export interface FrozenPlan {
  /** JSON that anybody could have written. */
  readonly text: string;
  /** How many commands of its release hooks have ended well on this host. */
  readonly hooksRun: number;
}

export interface HookOptions {
  readonly rollout: string;
  /** What ends well before the release is switched to is noted, so that it is never run again for the same rollout. */
  readonly when: 'release' | 'afterRollout';
  readonly stage: string;
  readonly release: string;
  readonly revision?: string | undefined;
  /** What ran before. */
  readonly previous?: string | undefined;
  readonly host: string;
  readonly commands: readonly string[];
  /** Of one command. */
  readonly timeoutMs: number;
  readonly onStep: (step: { readonly run: string; readonly state: 'started' | 'finished' }) => void;
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Commands that the worker of an instance runs around its switch. */
export type InstanceHooks = Pick<HookSettings, 'beforeSwitch' | 'afterSwitch' | 'timeoutMs'>;

export interface VerifyOptions {
  readonly release: string;
  readonly digest: string;
  readonly shared: SharedSettings;
}

export interface ActivateOptions {
  readonly rollout: string;
  readonly instance: string;
  /** How often this rollout has changed the instance before. */
  readonly turn: number;
  /** The worker's variables: 80-worker.sh. */
  readonly task: Variables;
  readonly hooks: InstanceHooks;
  /** `here`: it is over at once, so it needs no process that outlives the connection. */
  readonly where: 'here' | 'detached';
  readonly onFrame: (frame: WorkerFrame) => void;
}

export interface FollowOptions {
  readonly rollout: string;
  readonly instance: string;
  readonly turn: number;
  readonly onFrame: (frame: WorkerFrame) => void;
}

/** One line of a frames file. `gone`: the worker died without a last word. */
export interface WorkerFrame {
  readonly seq: number;
  /** Milliseconds since 1970 by the host's clock. */
  readonly t: number;
  readonly kind: string;
  readonly fields: readonly string[];
}

/** What the ledger is to say of a release. */
export interface Mark {
  readonly release: string;
  readonly status: 'good' | 'failed' | 'left';
}

export interface FinishOptions {
  readonly rollout: string;
  readonly marks: readonly Mark[];
  readonly prune: readonly string[];
  readonly history: string;
  readonly lock: 'release' | 'keep';
  /** Whether the host makes a copy of what it runs for the next upload, when all is over. */
  readonly spare?: Spare;
  /** Lines of the journal that have not come by the control channel. */
  readonly journal: string;
}

export interface Control {
  beat(): void;
  /** Appends one line to the rollout's journal on the host. */
  journal(line: string): void;
  /** Ends when everything written so far has arrived. */
  close(): Promise<void>;
  /** Settles when the channel has ended for any other reason. */
  readonly ended: Promise<void>;
}

export interface SampleOptions {
  /**
   * Whose canary is judged. Without one nobody needs the lock, nothing is written to the stage's folder, each sample has one
   * probe and no release, and the first one comes at once.
   */
  readonly rollout?: string;
  readonly instances: readonly InstanceSettings[];
  readonly sampleEveryMs: number;
  readonly signal: AbortSignal;
}

/** The disk is told to a person alone. */
export type OnSamples = (samples: readonly Sample[], disk?: DiskUse) => void;

export interface LogOptions {
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}
