import { systemClock } from '../base/clock.ts';
import { RemoteError } from '../base/errors.ts';
import { gatherCredentials } from './auth.ts';
import type { ConnectOptions } from './connect.ts';
import { Ssh2Connection } from './connection.ts';
import { queueFor } from './handshake-queue.ts';
import { shakeHands } from './handshake.ts';
import type { HandshakeRequest } from './handshake.ts';
import { readKnownHosts } from './known-hosts-file.ts';
import { learnHostKeys } from './learn-host-keys.ts';
import type { Introduction } from './learn-host-keys.ts';
import { openProxyCommand } from './proxy-command.ts';
import type { HostSpec } from './spec.ts';
import { openSocket } from './tcp.ts';
import { timingFor } from './timing.ts';
import type { Hop } from './transport.ts';
import type { Wire } from './wire.ts';

/** Connects over ssh2, through `hop` where there is one. */
export async function dialSsh2(spec: HostSpec, options: ConnectOptions, hop: Hop | undefined): Promise<Ssh2Connection> {
  const { clock = systemClock, signal } = options;
  const timing = timingFor(spec, options.timing);
  const [credentials, knownHosts] = await Promise.all([
    gatherCredentials(spec, clock),
    readKnownHosts([...spec.userKnownHostsFiles, ...spec.globalKnownHostsFiles]),
  ]);
  let wire: Wire | undefined;
  const open = wayTo(spec, options, hop);
  const end = await withPatience({
    ...{ spec, credentials, knownHosts, policy: options, timing, clock, signal },
    openStream: async (given) => (wire = await open(given)),
  }).catch((error: unknown) => {
    throw withNotes(error, wire?.notes?.() ?? []);
  });
  end.client.once('hostkeys', (keys) => {
    // on a stack of our own, and later: it is not what the connection was made for
    queueMicrotask(() =>
      learn(spec, { verified: end.hostKey, proven: keys.map((key) => key.getPublicSSH()), lines: knownHosts }),
    );
  });
  return new Ssh2Connection({ spec, timing, clock, client: end.client, wire: end.wire });
}

/** A file that cannot be written is no reason to fail. */
function learn(spec: HostSpec, introduction: Introduction): void {
  learnHostKeys(spec, introduction).catch(() => undefined);
}

function wayTo(
  spec: HostSpec,
  { env = process.env, knock }: ConnectOptions,
  hop: Hop | undefined,
): (signal: AbortSignal) => Promise<Wire> {
  const { proxyCommand, host, port } = spec;
  if (hop !== undefined) return () => hop.forward(host, port);
  if (proxyCommand === undefined) return (signal) => knock?.take(spec, signal) ?? openSocket(spec, signal);
  return () => Promise.resolve(openProxyCommand(spec, proxyCommand, env));
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

/** What a ProxyCommand has said may be all that tells why. */
function withNotes(error: unknown, notes: readonly string[]): unknown {
  if (!(error instanceof RemoteError) || notes.length === 0 || error.code === 'SLIP_PROXY_COMMAND') return error;
  const { code, message, mend, cause } = error;
  return new RemoteError({
    ...{ code, message, cause, detail: [...error.detail, ...notes.map((line) => `its ProxyCommand said: ${line}`)] },
    ...(mend === undefined ? {} : { mend }),
    ...(error.host === undefined ? {} : { host: error.host }),
  });
}
