import { ALL_ALLOWED } from './algorithms.ts';
import type { AllowedAlgorithms } from './algorithms.ts';

/** What the configuration knows about a host: an address, or an alias of `~/.ssh/config`. */
export interface Target {
  /** The name in hosts.json, for messages. */
  readonly name: string;
  readonly host: string;
  readonly user?: string | undefined;
  readonly port?: number | undefined;
}

/** A way to log in that slipway has by its own means, by the name that RFC 4252 and 4256 give it. */
export type LoginMethod = 'publickey' | 'keyboard-interactive' | 'password';

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
  /** The ways to log in that are allowed, in the order to try them. */
  readonly loginMethods: readonly LoginMethod[];
  /** BatchMode: nobody is asked for a passphrase, a password or the trust in a key. */
  readonly batchMode: boolean;
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
  /** Hosts to go through, the first one first; each is resolved like any other, and has those before it as its own. */
  readonly jumps: readonly HostSpec[];
  /** A command for `sh` whose stdin and stdout lead to the host; its tokens are expanded. */
  readonly proxyCommand: string | undefined;
  /** What becomes of a host that is not known yet. A changed key is refused in any case. */
  readonly strictHostKeyChecking: 'yes' | 'ask' | 'accept-new' | 'no';
  /** Limits to what is negotiated; what OpenSSH allows by default, unless it is configured. */
  readonly algorithms: AllowedAlgorithms;
  /** Whether further keys that a known host proves to have are written down. */
  readonly updateHostKeys: 'yes' | 'ask' | 'no';
  /** ServerAliveInterval and ServerAliveCountMax; undefined: ours. */
  readonly serverAlive: { readonly intervalMs: number; readonly countMax: number } | undefined;
  /** Socket of the agent that is forwarded; undefined, the usual case: none. */
  readonly forwardAgent: string | undefined;
  /** CertificateFile: absolute paths. */
  readonly certificateFiles: readonly string[];
  /** Settings that only the system's ssh can serve, as "CertificateFile ~/.ssh/id-cert.pub". Empty: ssh2 can do it all. */
  readonly needsOpenSsh: readonly string[];
  /** How the system's ssh is told of this host: the words after `ssh` and its options, without a command. */
  readonly openSshArguments: readonly string[];
}

/** "fra-1 (deploy@203.0.113.10:22)" */
export function describeHost(spec: HostSpec): string {
  const host = spec.host.includes(':') ? `[${spec.host}]` : spec.host;
  return `${spec.name} (${spec.user}@${host}:${spec.port})`;
}

/** A host of which no configuration says anything: no keys, no known hosts, nothing special. */
export function plainSpec(where: Pick<HostSpec, 'name' | 'host' | 'port' | 'user'>): HostSpec {
  return {
    ...where,
    ...{ identityFiles: [], identitiesOnly: true, agent: undefined, certificateFiles: [], forwardAgent: undefined },
    ...{ loginMethods: ['publickey', 'keyboard-interactive', 'password'], batchMode: false, algorithms: ALL_ALLOWED },
    ...{ userKnownHostsFiles: [], globalKnownHostsFiles: [], hashKnownHosts: false, hostKeyAlias: undefined },
    ...{ strictHostKeyChecking: 'ask', updateHostKeys: 'no' },
    ...{ addressFamily: 'any', bindAddress: undefined, connectTimeoutMs: undefined, serverAlive: undefined },
    ...{ jumps: [], proxyCommand: undefined, needsOpenSsh: [], openSshArguments: [] },
  };
}
