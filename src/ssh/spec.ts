/** What the configuration knows about a host: an address, or an alias of `~/.ssh/config`. */
export interface Target {
  /** The name in hosts.json, for messages. */
  readonly name: string;
  readonly host: string;
  readonly user?: string | undefined;
  readonly port?: number | undefined;
}

/** Everything needed to connect: a target after OpenSSH's configuration has been applied to it. */
export interface HostSpec {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Absolute paths in the order to try; they need not exist. */
  readonly identityFiles: readonly string[];
  /** Offer only keys that `identityFiles` name, wherever they are kept. */
  readonly identitiesOnly: boolean;
  /** Socket of the agent; undefined when there is none or it is switched off. */
  readonly agent: string | undefined;
  /** The first one is where new keys are written. */
  readonly userKnownHostsFiles: readonly string[];
  readonly globalKnownHostsFiles: readonly string[];
  readonly hashKnownHosts: boolean;
  /** Looked up in known_hosts in place of host and port. */
  readonly hostKeyAlias: string | undefined;
  readonly addressFamily: 'any' | 'inet' | 'inet6';
  readonly bindAddress: string | undefined;
  readonly connectTimeoutMs: number | undefined;
  /** Configured ways to log in that are not built yet: told when a login is refused. */
  readonly unavailable: readonly string[];
}

/** "fra-1 (deploy@203.0.113.10:22)" */
export function describeHost(spec: HostSpec): string {
  const host = spec.host.includes(':') ? `[${spec.host}]` : spec.host;
  return `${spec.name} (${spec.user}@${host}:${spec.port})`;
}
