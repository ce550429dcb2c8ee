import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import ssh2 from 'ssh2';
import type { Client } from 'ssh2';
import type { Clock } from '../base/clock.ts';
import type { SlipwayError } from '../base/errors.ts';
import { algorithmsFor } from './algorithms.ts';
import { createLogin } from './auth.ts';
import type { Credentials } from './auth.ts';
import { Deadline } from './deadline.ts';
import { checkHostKey, labelOf } from './host-key.ts';
import type { HostKeyPolicy } from './host-key.ts';
import { knownTypes } from './known-hosts.ts';
import type { KnownKey } from './known-hosts.ts';
import type { HostSpec } from './spec.ts';
import { explain, timedOut } from './troubles.ts';
import type { Phase, SocketTrouble } from './troubles.ts';

export interface HandshakeRequest {
  readonly spec: HostSpec;
  readonly credentials: Credentials;
  readonly knownHosts: readonly KnownKey[];
  readonly policy: HostKeyPolicy;
  readonly timing: HandshakeTiming;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
}

export interface HandshakeTiming {
  /** For the TCP connection, and again for the exchange of keys, not counting a question about the host key. */
  readonly handshakeMs: number;
  readonly loginMs: number;
  /** How often the host is asked for a sign of life. */
  readonly pingMs: number;
}

export type HandshakeEnd =
  | { readonly type: 'ready'; readonly client: Client; readonly socket: Socket }
  /** The host hung up before it said a word, as sshd does when too many knock at once: worth another try. */
  | { readonly type: 'dropped'; readonly error: SlipwayError };

/** One attempt to connect, verify the host and log in. Rejects with what went wrong, and leaves nothing open then. */
export function shakeHands(request: HandshakeRequest): Promise<HandshakeEnd> {
  return new Handshake(request).run();
}

/** Enough to recognise a greeting, or to show what spoke in its place. */
const FIRST_BYTES = 512;

class Handshake {
  readonly #request: HandshakeRequest;
  readonly #client = new ssh2.Client();
  readonly #socket: Socket;
  readonly #deadline: Deadline;
  readonly #login: ReturnType<typeof createLogin>;
  readonly #outcome = Promise.withResolvers<HandshakeEnd>();
  #phase: Phase = 'tcp';
  #firstBytes = '';
  #settled = false;

  constructor(request: HandshakeRequest) {
    const { spec, clock, credentials } = request;
    this.#request = request;
    this.#deadline = new Deadline(clock);
    this.#login = createLogin(spec.user, credentials.offers);
    this.#socket = openSocket(spec);
  }

  run(): Promise<HandshakeEnd> {
    const { signal } = this.#request;
    const abort = () => this.#fail(signal!.reason as Error);
    signal?.addEventListener('abort', abort, { once: true });
    this.#listen();
    this.#start();
    if (signal?.aborted === true) abort();
    return this.#outcome.promise.finally(() => signal?.removeEventListener('abort', abort));
  }

  /** The error listener stays for life: ssh2 may report a reset long after, and an unheard one ends the process. */
  #listen(): void {
    const { handshakeMs, loginMs } = this.#request.timing;
    this.#socket.once('connect', () => this.#enter('keyExchange', handshakeMs));
    this.#client
      .once('handshake', () => this.#enter('login', loginMs))
      .once('ready', () => this.#succeed())
      .once('close', () => this.#end(undefined))
      .on('error', (error: SocketTrouble) => {
        // an agent that will not sign is no end: ssh2 goes on to the next key by itself
        if (error.level !== 'agent') this.#end(error);
      });
  }

  #start(): void {
    const { spec, knownHosts, timing } = this.#request;
    this.#enter('tcp', timing.handshakeMs);
    this.#client.connect({
      sock: this.#socket,
      username: spec.user,
      algorithms: algorithmsFor(knownTypes(knownHosts, labelOf(spec))),
      authHandler: this.#login.handler,
      hostVerifier: (key: Buffer, answer: (trusted: boolean) => void) => this.#verify(key, answer),
      // its own timer would run on while somebody answers a question
      readyTimeout: 0,
      // only sends; whether the host is alive is judged by what arrives
      keepaliveInterval: timing.pingMs,
      keepaliveCountMax: Number.MAX_SAFE_INTEGER,
    });
    // after connect(), which pauses the socket: a listener before that would swallow the greeting
    this.#socket.on('data', this.#peek);
  }

  readonly #peek = (chunk: Buffer): void => {
    this.#firstBytes += chunk.toString('latin1');
    if (this.#firstBytes.length < FIRST_BYTES) return;
    this.#firstBytes = this.#firstBytes.slice(0, FIRST_BYTES);
    this.#socket.off('data', this.#peek);
  };

  #enter(phase: Phase, ms: number): void {
    this.#phase = phase;
    this.#deadline.set(ms, () => this.#fail(timedOut(this.#request.spec, phase, ms)));
  }

  /** A person may be asked, so no timer runs meanwhile. */
  #verify(key: Buffer, answer: (trusted: boolean) => void): void {
    const { spec, knownHosts, policy, timing } = this.#request;
    this.#phase = 'hostKey';
    this.#deadline.clear();
    checkHostKey(key, knownHosts, { spec, policy })
      .then(() => {
        if (this.#settled) return;
        this.#enter('keyExchange', timing.handshakeMs);
        answer(true);
      })
      .catch((error: unknown) => this.#fail(error as Error));
  }

  #succeed(): void {
    if (!this.#settle()) return;
    this.#socket.off('data', this.#peek);
    this.#outcome.resolve({ type: 'ready', client: this.#client, socket: this.#socket });
  }

  #end(error: SocketTrouble | undefined): void {
    if (this.#settled) return;
    const { spec, credentials } = this.#request;
    const { record } = this.#login;
    const phase = this.#phase;
    const explained = explain(spec, { phase, firstBytes: this.#firstBytes, record, credentials, error });
    const greeted = /^SSH-/m.test(this.#firstBytes);
    const dropped = !greeted && (phase === 'keyExchange' || error?.code === 'ECONNRESET');
    if (dropped) this.#drop(explained);
    else this.#fail(explained);
  }

  #drop(error: SlipwayError): void {
    if (!this.#settle()) return;
    this.#socket.destroy();
    this.#outcome.resolve({ type: 'dropped', error });
  }

  #fail(error: Error): void {
    if (!this.#settle()) return;
    this.#socket.destroy();
    this.#outcome.reject(error);
  }

  /** True the first time. */
  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.#deadline.clear();
    return true;
  }
}

/**
 * Nagle's algorithm would add a round trip to nearly every request. Of several addresses the next is tried after a
 * second: Node's 250 ms give up hosts that are merely far away.
 */
function openSocket({ host, port, addressFamily, bindAddress }: HostSpec): Socket {
  return createConnection({
    host,
    port,
    noDelay: true,
    autoSelectFamilyAttemptTimeout: 1000,
    ...(addressFamily === 'any' ? {} : { family: addressFamily === 'inet' ? 4 : 6 }),
    ...(bindAddress === undefined ? {} : { localAddress: bindAddress }),
  });
}
