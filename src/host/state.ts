/**
 * What a host says of itself in one round trip: the input of planning, and of status. All text has been sanitised by the
 * host client.
 */
export interface HostState {
  readonly host: string;
  /** The host's clock, milliseconds since 1970, when it answered. */
  readonly now: number;
  /** deployTo exists and holds slipway's folders. */
  readonly initialised: boolean;
  readonly user: string;
  /** `uname -s -m`, e.g. "Linux x86_64". */
  readonly system: string;
  /** `systemd` among them says that it runs the host. */
  readonly tools: ReadonlySet<string>;
  /** What is left; undefined when it is not told, or does not count: many file systems make inodes as they need them. */
  readonly disk: { readonly freeBytes: number | undefined; readonly freeInodes: number | undefined };
  /** Releases in the ledger, oldest first by sequence. */
  readonly releases: readonly ReleaseRecord[];
  readonly instances: readonly InstanceState[];
  /** What proxies on this host say of the servers that stand for instances; nothing where they do not answer. */
  readonly traffic: readonly ServerState[];
  /** Instances that are on the host though hosts.json does not want them. */
  readonly leftovers: readonly Leftover[];
  /** The app and stage that the folder belongs to, as its app.json says; undefined when it has none. */
  readonly owner: string | undefined;
  readonly lock: LockState | undefined;
  /** The rollout that had the lock last. */
  readonly last: string | undefined;
  /** The folder that deployTo would be made in, when we have no right to write there. */
  readonly notWritable: string | undefined;
  /** Uploads that have not come to their end; left out where the rights were not asked for. */
  readonly cutUploads?: number | undefined;
  /** Missing rights and tools, each with the mend; empty when all is well. Only what the stage needs. */
  readonly findings: readonly Finding[];
}

/** `left`: it was good, and somebody rolled back from it. */
export type ReleaseStatus = 'preparing' | 'ready' | 'good' | 'failed' | 'left';

/** A rollout has succeeded with it, whatever came afterwards. */
export function wasGood(status: ReleaseStatus | undefined): boolean {
  return status === 'good' || status === 'left';
}

/** One release as the ledger of a host knows it. */
export interface ReleaseRecord {
  readonly id: string;
  readonly status: ReleaseStatus;
  /** Order of releases in the stage, counted up by every deploy; never by a clock. */
  readonly sequence: number;
  /** Commit id; undefined for a release made of a folder. */
  readonly revision: string | undefined;
  readonly subject: string;
  readonly digest: string;
  /** Names what is done to the files on the host (prepare, shared): another recipe makes another release of the same files. */
  readonly recipe: string | undefined;
  /** Who made it. */
  readonly by: string;
  /** Milliseconds since 1970 by the maker's clock; for people, never for order. */
  readonly at: number;
  /** Why it must not be deployed or rolled back to; undefined when it may. */
  readonly bad: string | undefined;
  /** Why it cannot be undone: it has changed something that older releases may not cope with; undefined when it can. */
  readonly irreversible: string | undefined;
  readonly kept: boolean;
  /** Its folder is in place, and the list of its files. */
  readonly present: boolean;
}

export interface InstanceState {
  /** `bot.1@fra-1`. */
  readonly id: string;
  readonly name: string;
  readonly host: string;
  /** The release that `current` points at. */
  readonly current: string | undefined;
  readonly previous: string | undefined;
  /** What the process was proven to run: from its folder or its health reply. */
  readonly runs: RunningRelease;
  readonly service: ServiceState;
  readonly health: ProbeSample | undefined;
  /** The rollout whose step is at work on it right now. */
  readonly busy: string | undefined;
  /** Whether the slot it belongs to takes the traffic; left out where no proxy tells. */
  readonly traffic?: 'taken' | 'idle' | undefined;
}

/** A server of a proxy. */
export interface ServerState {
  readonly role: string;
  readonly server: string;
  /** `ready` takes traffic as long as it is up. */
  readonly wanted: 'ready' | 'drain' | 'maint';
  /** By the proxy's own checks. */
  readonly up: boolean;
  readonly weight: number;
  /** Requests that are under way. */
  readonly sessions: number;
}

/** An instance nobody wants any more; `service` is what was written beside it when it was last changed. */
export interface Leftover {
  readonly name: string;
  readonly current: string | undefined;
  /** JSON of ServiceSettings, unchecked. */
  readonly service: string;
}

export type RunningRelease =
  | { readonly type: 'release'; readonly id: string }
  /** It runs, but as another user and without a release in its reply: nothing is known. */
  | { readonly type: 'unproven' }
  | { readonly type: 'nothing' };

export interface ServiceState {
  readonly status: 'running' | 'starting' | 'stopped' | 'failed' | 'none' | 'unknown';
  readonly pid: number | undefined;
  /** Milliseconds since 1970; undefined when it does not run or nobody knows. */
  readonly startedAt: number | undefined;
  readonly restarts: number | undefined;
  /** What the service itself says: for people. */
  readonly detail: string;
}

export interface ProbeSample {
  readonly healthy: boolean;
  /** "200", "connection refused", "exit 1". */
  readonly outcome: string;
  readonly latencyMs: number | undefined;
}

export interface LockState {
  readonly owner: LockOwner | undefined;
  /** Since the last beat, by the host's clock. */
  readonly ageMs: number;
}

export interface LockOwner {
  readonly rollout: string;
  /** `ana@laptop`. */
  readonly who: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly why: string;
  readonly state: 'held' | 'paused';
  /** Identity of the machine and of its boot, and the pid there: a dead owner on this machine is recognised at once. */
  readonly machine: string;
  readonly boot: string;
  readonly pid: number;
}

export interface Finding {
  readonly severity: 'missing' | 'warning';
  /** The word that the host script has for it: needs.ts. */
  readonly kind: string;
  /** "restart greeter-production@1". */
  readonly what: string;
  /** The sudoers line, the package, the command. */
  readonly mend: string;
}
