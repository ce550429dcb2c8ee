import { systemClock } from '../base/clock.ts';
import type { Clock } from '../base/clock.ts';
import { createLimit } from '../base/limit.ts';
import { gatherCredentials } from './auth.ts';
import { Ssh2Connection } from './connection.ts';
import type { ConnectionTiming } from './connection.ts';
import { shakeHands } from './handshake.ts';
import type { HandshakeRequest, HandshakeTiming } from './handshake.ts';
import type { HostKeyPolicy } from './host-key.ts';
import { readKnownHosts } from './known-hosts-file.ts';
import type { HostSpec } from './spec.ts';
import type { Connection } from './transport.ts';

export type Timing = HandshakeTiming & ConnectionTiming;

export interface ConnectOptions extends HostKeyPolicy {
  readonly timing?: Partial<Timing>;
  readonly clock?: Clock;
  /** Gives up the attempt, not the connection that came of it. */
  readonly signal?: AbortSignal;
}

export const TIMING: Timing = {
  handshakeMs: 15_000,
  loginMs: 60_000,
  pingMs: 15_000,
  deadMs: 45_000,
  channelMs: 15_000,
  closeMs: 1_000,
};

/** Connects, verifies the host and logs in. A refused login is never tried again: hosts lock out who does that. */
export async function connect(spec: HostSpec, options: ConnectOptions = {}): Promise<Connection> {
  const { clock = systemClock, signal } = options;
  const timing = timingFor(spec, options.timing);
  const knownHostsFiles = [...spec.userKnownHostsFiles, ...spec.globalKnownHostsFiles];
  const [credentials, knownHosts] = await Promise.all([
    gatherCredentials(spec, clock),
    readKnownHosts(knownHostsFiles),
  ]);
  const end = await withPatience({ spec, credentials, knownHosts, policy: options, timing, clock, signal });
  return new Ssh2Connection({ spec, timing, clock, client: end.client, socket: end.socket });
}

function timingFor(spec: HostSpec, wanted: Partial<Timing> = {}): Timing {
  const configured = spec.connectTimeoutMs === undefined ? {} : { handshakeMs: spec.connectTimeoutMs };
  return { ...TIMING, ...configured, ...wanted };
}

const ATTEMPTS = 5;

/** sshd drops some of those that knock at once (MaxStartups) before they said who they are: they may knock again. */
async function withPatience(request: HandshakeRequest) {
  const { clock, signal, spec } = request;
  for (let attempt = 1; ; attempt += 1) {
    const end = await queueFor(spec)(() => shakeHands(request));
    if (end.type === 'ready') return end;
    if (attempt === ATTEMPTS) throw end.error;
    await clock.sleep(100 * 2 ** attempt * (0.5 + Math.random()), signal);
  }
}

/** Ten unfinished logins are where sshd begins to drop new ones. */
const HANDSHAKES_AT_ONCE = 6;

const queues = new Map<string, ReturnType<typeof createLimit>>();

/** One queue an address, for the whole process: several stages may live on one machine. */
function queueFor({ host, port }: HostSpec) {
  const address = `${host}:${port}`;
  const queue = queues.get(address) ?? createLimit(HANDSHAKES_AT_ONCE);
  queues.set(address, queue);
  return queue;
}
