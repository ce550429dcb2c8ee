import type { Clock } from '../base/clock.ts';
import { RemoteError } from '../base/errors.ts';
import { chooseTransport } from './choose.ts';
import type { HostKeyPolicy } from './host-key.ts';
import { lastHop, leaseHop, onTheWay } from './jump.ts';
import type { Lease } from './jump.ts';
import { dialOpenSsh } from './openssh/dial.ts';
import { SSH } from './openssh/program.ts';
import { isOnPath } from './processes.ts';
import type { Environment } from './processes.ts';
import type { AskPerson } from './prompts.ts';
import type { Knock } from './knock.ts';
import type { HostSpec } from './spec.ts';
import type { Timing } from './timing.ts';
import type { Connection, Hop, TransportName } from './transport.ts';
import type { SocketTrouble } from './troubles.ts';

export interface ConnectOptions extends HostKeyPolicy {
  readonly timing?: Partial<Timing>;
  readonly clock?: Clock;
  /** Puts questions to a person; without it whatever needs an answer is refused. */
  readonly ask?: AskPerson;
  /** Undefined: ssh2, unless something is configured that only OpenSSH can do. */
  readonly transport?: TransportName | undefined;
  /** For the programs that are run: ssh, a ProxyCommand. */
  readonly env?: Environment;
  /** A connection to the host that was begun already. */
  readonly knock?: Knock | undefined;
  /** Gives up the attempt, not the connection that came of it. */
  readonly signal?: AbortSignal;
}

/** It takes its time: time in which whoever knows that it will be needed may be asking ssh where to connect to. */
export const loadSsh2 = () => import('./dial.ts');

/** Connects, verifies the host and logs in. A refused login is never tried again: hosts lock out who does that. */
export function connect(spec: HostSpec, options: ConnectOptions = {}): Promise<Connection> {
  return dial(spec, options);
}

async function dial(spec: HostSpec, options: ConnectOptions): Promise<Hop> {
  const transport = await chooseTransport(spec, options.transport);
  if (transport === 'openssh') return dialThrough(spec, options, 'openssh');
  try {
    return await dialThrough(spec, options, 'ssh2');
  } catch (error) {
    if (options.transport !== undefined || !hasNothingInCommon(error)) throw error;
    if (!(await isOnPath(SSH, options.env ?? process.env))) throw error;
    return await dialThrough(spec, options, 'openssh').catch((second: unknown) => {
      throw bothFailed(error as RemoteError, second);
    });
  }
}

/** A server may have nothing but key exchanges that ssh2 does not know (post-quantum ones). Nobody was asked to log in yet. */
function hasNothingInCommon(error: unknown): boolean {
  return error instanceof RemoteError && (error.cause as SocketTrouble | undefined)?.level === 'handshake';
}

function bothFailed(first: RemoteError, second: unknown): RemoteError {
  const { code, message, mend, cause } = first;
  const more = second instanceof RemoteError ? second.detail : [];
  return new RemoteError({
    ...{ code, message, cause, detail: [...first.detail, ...more] },
    ...(mend === undefined ? {} : { mend }),
    ...(first.host === undefined ? {} : { host: first.host }),
  });
}

async function dialThrough(spec: HostSpec, options: ConnectOptions, transport: TransportName): Promise<Hop> {
  const lease = await leaseWay(spec, options, transport);
  try {
    const dialWith = transport === 'ssh2' ? (await loadSsh2()).dialSsh2 : dialOpenSsh;
    const connection = await dialWith(spec, options, lease?.hop);
    if (lease !== undefined) releaseAfter(connection, lease);
    return connection;
  } catch (error) {
    lease?.release();
    throw error;
  }
}

/** The connection to the host before this one. OpenSSH can only go through what OpenSSH has connected. */
async function leaseWay(spec: HostSpec, options: ConnectOptions, transport: TransportName): Promise<Lease | undefined> {
  const hop = lastHop(spec);
  if (hop === undefined) return undefined;
  const wanted = transport === 'openssh' ? transport : undefined;
  return leaseHop({
    ...{ spec: hop, transport: wanted, signal: options.signal },
    dial: (signal) => dial(hop, { ...options, transport: wanted, signal }),
  }).catch((error: unknown) => {
    throw onTheWay(spec, error);
  });
}

/** Only when the last was said: it travels through the other connection. */
function releaseAfter(connection: Hop, lease: Lease): void {
  const release = () => void connection.close().then(() => lease.release());
  connection.over.addEventListener('abort', release, { once: true });
  if (connection.over.aborted) release();
}
