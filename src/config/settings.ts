import type { AlertSettings, WebhookSettings } from './settings-alerts.ts';
import type { AnalysisSettings, MetricsSettings } from './settings-analysis.ts';

/**
 * What one run works with: hosts.json resolved for one stage. Every default is filled in, every placeholder is replaced,
 * every duration is in milliseconds.
 */
export interface Settings {
  readonly app: string;
  readonly stage: string;
  /** A protected stage asks to type its name before anything is changed; without a terminal it needs `--yes`. */
  readonly protected: boolean;
  /** Absolute path of hosts.json; relative paths in it start from its folder. */
  readonly file: string;
  readonly source: SourceSettings;
  readonly prepare: readonly PrepareSettings[];
  readonly keepReleases: number;
  readonly shared: SharedSettings;
  readonly hooks: HookSettings;
  readonly rollout: RolloutSettings;
  /** What is worth an alert while somebody watches, and who is told of one. */
  readonly alerts: AlertSettings;
  readonly notify: readonly WebhookSettings[];
  readonly hosts: readonly HostSettings[];
  /** What sends traffic to instances that are in slots. */
  readonly proxies: readonly ProxySettings[];
  /** Every instance of the stage: roles in the order of hosts.json, then hosts, then numbers. */
  readonly instances: readonly InstanceSettings[];
}

export type SourceSettings = GitSource | DirSource;

export interface GitSource {
  readonly type: 'git';
  /** Absolute path of the repository (or of a folder in it). */
  readonly repository: string;
  /** What to build when no `--ref` is given. */
  readonly ref: string;
  /** Folder of the repository that is the app ("." for all of it). */
  readonly subdir: string;
  /** Commands run once, here, in a clean checkout, in `subdir`. */
  readonly build: readonly string[];
  /** Folder below `subdir` that becomes the release ("." for all of it). */
  readonly output: string;
  readonly exclude: readonly string[];
}

export interface DirSource {
  readonly type: 'dir';
  /** Absolute path of a built artifact. */
  readonly dir: string;
  readonly exclude: readonly string[];
}

/** A step that runs in the release on every host, before anything is switched. */
export interface PrepareSettings {
  /** Shell text; `{release}` has become `${SLIPWAY_RELEASE}`, which the host sets. */
  readonly run: string;
  /** Files whose content decides whether the step has to run again. */
  readonly inputs: readonly string[];
  /** Paths the step makes, copied from the base release when nothing it depends on has changed. */
  readonly outputs: readonly string[];
  /** A command whose output is part of the step's key, for example `node -v`. */
  readonly key: string | undefined;
  readonly timeoutMs: number;
}

export interface SharedSettings {
  readonly files: readonly string[];
  readonly dirs: readonly string[];
}

/** Shell text run in the new release; `{release}` has become `${SLIPWAY_RELEASE}`. */
export interface HookSettings {
  /** Once, on the first host that takes part, before any switch. */
  readonly release: readonly string[];
  readonly beforeSwitch: readonly string[];
  readonly afterSwitch: readonly string[];
  /** Once, on the first host that takes part, at the end. */
  readonly afterRollout: readonly string[];
  /** Of one command. */
  readonly timeoutMs: number;
}

export const STRATEGIES = ['rolling', 'canary', 'blue-green', 'all-at-once'] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** Two sets of instances of a role, of which one takes the traffic. */
export const SLOTS = ['blue', 'green'] as const;
export type Slot = (typeof SLOTS)[number];

export interface RolloutSettings {
  readonly strategy: Strategy;
  /** Instances of a role that get the release first. */
  readonly canary: Share;
  /** Who lets a canary or a second slot go on. */
  readonly approve: 'manual' | 'auto';
  /** How long the slot that was replaced is kept running. */
  readonly keepWarmMs: number;
  /** Instances changed together: a number or a share of the role's instances in the stage ("25%"). */
  readonly batch: Share;
  /** How many instances of a role may be out at once, over the whole stage. */
  readonly maxUnavailable: Share;
  /** Failed instances that are tolerated before `onFailure` decides. */
  readonly maxFailures: number;
  readonly onFailure: 'rollback' | 'pause';
  readonly bake: BakeSettings;
  /** How a canary is judged. */
  readonly analysis: AnalysisSettings;
  readonly progressDeadlineMs: number;
  /** Bytes per second that uploads may take, all hosts together; undefined: as many as the line takes. */
  readonly bwlimit: number | undefined;
  /** Hosts that are logged in to, and sent to, at once. */
  readonly parallel: number;
}

export interface BakeSettings {
  /** Watched for so long at most, ms. */
  readonly ms: number;
  /** Watched for so long at least, and no longer than the logs are worse than the others'; undefined: for all of `ms`. */
  readonly untilStableMs: number | undefined;
}

export type Share =
  { readonly type: 'count'; readonly count: number } | { readonly type: 'percent'; readonly percent: number };

export interface HostSettings {
  readonly name: string;
  readonly address: Address;
  /** Absolute path on the host. */
  readonly deployTo: string;
  /** Folders put before PATH for prepare, hooks and commands. */
  readonly path: readonly string[];
  /** Undefined: what the host needs. */
  readonly transport: 'ssh2' | 'openssh' | undefined;
}

/** `[user@]host[:port]`, or an alias of `~/.ssh/config`. */
export interface Address {
  readonly user: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
}

export interface InstanceSettings {
  /** `bot.1@fra-1`: unique in the stage. */
  readonly id: string;
  /** `bot.1`, `bot.blue.1`: the folder below `instances/`. */
  readonly name: string;
  readonly role: string;
  /** The set it belongs to; undefined in a role without slots. */
  readonly slot: Slot | undefined;
  readonly number: number;
  readonly host: string;
  /** The role's (or slot's) port + number − 1, when there is one. */
  readonly port: number | undefined;
  /** Never two at once, anywhere in the stage (one token, one session). */
  readonly exclusive: boolean;
  readonly service: ServiceSettings;
  readonly health: HealthSettings;
  /** Undefined: where its service writes. */
  readonly log: LogSettings | undefined;
  /** What it tells of itself, where somebody asks. */
  readonly metrics: MetricsSettings | undefined;
}

/** Where an instance writes its log, when that is not where its service does. */
export type LogSettings =
  /** An absolute path on the host. */
  | { readonly type: 'file'; readonly path: string }
  /** Shell text that prints lines and goes on. */
  | { readonly type: 'command'; readonly command: string }
  | { readonly type: 'container'; readonly engine: 'docker' | 'podman'; readonly name: string }
  | { readonly type: 'pm2'; readonly name: string };

/** One proxy of one role: where it runs, how it is reached there, and which of its servers stands for which instance. */
export interface ProxySettings {
  readonly type: 'haproxy';
  readonly host: string;
  readonly role: string;
  /** Absolute path of its runtime socket on that host. */
  readonly socket: string;
  readonly backend: string;
  readonly servers: readonly ProxiedInstance[];
}

export interface ProxiedInstance {
  readonly server: string;
  /** `bot.blue.1@fra-1` */
  readonly instance: string;
  readonly slot: Slot;
}

export type ServiceSettings =
  | { readonly type: 'systemd'; readonly unit: string; readonly scope: 'system' | 'user' }
  | {
      readonly type: 'command';
      /** Shell text; `{release}` has become `${SLIPWAY_RELEASE}`, which the instance's env file sets. */
      readonly start: string;
      readonly stop: string;
      readonly status: string;
      /** Absolute. */
      readonly pidFile: string | undefined;
    }
  | { readonly type: 'files' };

export interface HealthSettings {
  readonly probe: ProbeSettings;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** It must stay healthy for so long before it counts. */
  readonly minHealthyMs: number;
  /** Not healthy by then: failed. Counted from the start of the instance. */
  readonly deadlineMs: number;
}

export type ProbeSettings =
  | {
      readonly type: 'http';
      readonly url: string;
      readonly status: number | undefined;
      readonly body: string | undefined;
    }
  | { readonly type: 'tcp'; readonly host: string; readonly port: number }
  | { readonly type: 'command'; readonly command: string }
  /** Nothing to ask: running for `minHealthyMs` is healthy. */
  | { readonly type: 'running' };
