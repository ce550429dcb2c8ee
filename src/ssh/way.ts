import type { HostSpec } from './spec.ts';
import type { TransportName } from './transport.ts';

/** How a host was reached, for people. Its words come from the user's own configuration. */
export interface Way {
  readonly transport: TransportName;
  readonly user: string;
  readonly host: string;
  readonly port: number;
  /** Names of the hosts it leads through, the first one first. */
  readonly through: readonly string[];
  /** A command that carries it leads there. */
  readonly proxyCommand: 'used' | 'none';
  /** Settings that only the system's ssh can serve. */
  readonly needsOpenSsh: readonly string[];
}

export function wayOf({ user, host, port, jumps, ...spec }: HostSpec, transport: TransportName): Way {
  const { proxyCommand, needsOpenSsh } = spec;
  const through = jumps.map(({ name }) => name);
  return { transport, user, host, port, through, proxyCommand: proxyCommand ? 'used' : 'none', needsOpenSsh };
}
