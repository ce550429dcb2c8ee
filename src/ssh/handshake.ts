import ssh2 from 'ssh2';
import type { Client } from 'ssh2';
import type { Clock } from '../base/clock.ts';
import { SlipwayError } from '../base/errors.ts';
import { algorithmsFor } from './algorithms.ts';
import type { Credentials } from './auth.ts';
import { Deadline } from './deadline.ts';
import { ForwardedAgent } from './forwarded-agent.ts';
import { checkHostKey, labelOf } from './host-key.ts';
import type { HostKeyPolicy } from './host-key.ts';
import { knownTypes } from './known-hosts.ts';
import type { KnownKey } from './known-hosts.ts';
import { Login } from './login.ts';
import type { HostSpec } from './spec.ts';
import { explain, timedOut } from './troubles.ts';
import type { Phase, SocketTrouble } from './troubles.ts';
import type { Wire } from './wire.ts';

export interface HandshakeRequest {
  readonly spec: HostSpec;
  readonly credentials: Credentials;
  readonly knownHosts: readonly KnownKey[];
  readonly policy: HostKeyPolicy;
  readonly timing: HandshakeTiming;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  /** The way to the host; the signal gives it up. */
  readonly openStream: (signal: AbortSignal) => Promise<Wire>;
}

export interface HandshakeTiming {
  /** For the TCP connection, and again for the exchange of keys, not counting a question about the host key. */
  readonly handshakeMs: number;
  readonly loginMs: number;
  /** How often the host is asked for a sign of life. */
  readonly pingMs: number;
}

export type HandshakeEnd =
  | {
      readonly type: 'ready';
      readonly client: Client;
      readonly wire: Wire;
      /** The one by which the host was verified. */
      readonly hostKey: Buffer;
    }
  /** The host hung up before it said a word, as sshd does when too many knock at once: worth another try. */
  | { readonly type: 'dropped'; readonly error: SlipwayError };

/** One attempt to connect, verify the host and log in. Rejects with what went wrong, and leaves nothing open then. */
export function shakeHands(request: HandshakeRequest): Promise<HandshakeEnd> {
  return new Handshake(request).run();
}

/** Enough to recognise a greeting, or to show what spoke in its place. */
const FIRST_BYTES = 512;
const LONGEST_BANNER = 4000;

class Handshake {
  readonly #request: HandshakeRequest;
  readonly #client = new ssh2.Client();
  readonly #opening = new AbortController();
  #wire: Wire | undefined;
  #hostKey: Buffer = Buffer.alloc(0);
  readonly #deadline: Deadline;
  readonly #login: Login;
  readonly #outcome = Promise.withResolvers<HandshakeEnd>();
  /** Takes back what a person is asked. */
  readonly #over = new AbortController();
  #phase: Phase = 'tcp';
  #firstBytes = '';
  #banner = '';
  #isAsking = false;
  #settled = false;

  constructor(request: HandshakeRequest) {
    const { spec, clock, credentials, policy } = request;
    this.#request = request;
    this.#deadline = new Deadline(clock);
    this.#login = new Login({
      ...{ user: spec.user, host: spec.name, offers: credentials.offers, methods: spec.loginMethods },
      ask: spec.batchMode ? undefined : policy.ask,
      signal: this.#over.signal,
      unhurried: (task) => this.#unhurried(task),
      giveUp: () => this.#end(undefined),
    });
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
    const { loginMs } = this.#request.timing;
    this.#client
      .once('handshake', () => this.#enter('login', loginMs))
      .once('ready', () => this.#succeed())
      .once('close', () => this.#end(undefined))
      .on('banner', (text) => (this.#banner = (this.#banner + text).slice(0, LONGEST_BANNER)))
      .once('change password', () => this.#refuseNewPassword())
      .on('error', (error: SocketTrouble) => {
        // an agent that will not sign is no end: ssh2 goes on to the next key by itself
        if (error.level !== 'agent') this.#end(error);
      });
  }

  #start(): void {
    const { timing, openStream } = this.#request;
    const { signal } = this.#opening;
    this.#enter('tcp', timing.handshakeMs);
    openStream(signal)
      .then((wire: Wire) => this.#speak(wire))
      .catch((error: unknown) => this.#end(error as SocketTrouble));
  }

  #speak(wire: Wire): void {
    if (this.#settled) {
      wire.destroy();
      return;
    }
    this.#wire = wire;
    const { spec, knownHosts, timing } = this.#request;
    this.#enter('keyExchange', timing.handshakeMs);
    this.#client.connect({
      sock: wire,
      username: spec.user,
      algorithms: algorithmsFor(knownTypes(knownHosts, labelOf(spec))),
      authHandler: this.#login.handler,
      hostVerifier: (key: Buffer, answer: (trusted: boolean) => void) => this.#verify(key, answer),
      ...(spec.forwardAgent === undefined ? {} : { agent: new ForwardedAgent(spec.forwardAgent) }),
      // its own timer would run on while somebody answers a question
      readyTimeout: 0,
      // only sends; whether the host is alive is judged by what arrives
      keepaliveInterval: timing.pingMs,
      keepaliveCountMax: Number.MAX_SAFE_INTEGER,
    });
    // after connect(), which pauses the socket: a listener before that would swallow the greeting
    wire.on('data', this.#peek);
  }

  readonly #peek = (chunk: Buffer): void => {
    this.#firstBytes += chunk.toString('latin1');
    if (this.#firstBytes.length < FIRST_BYTES) return;
    this.#firstBytes = this.#firstBytes.slice(0, FIRST_BYTES);
    this.#wire?.off('data', this.#peek);
  };

  #enter(phase: Phase, ms: number): void {
    this.#phase = phase;
    this.#deadline.set(ms, () => this.#fail(timedOut(this.#request.spec, phase, ms)));
  }

  /** A person may be asked, so no timer runs meanwhile. */
  #verify(key: Buffer, answer: (trusted: boolean) => void): void {
    const { spec, knownHosts, policy, timing } = this.#request;
    // the exchange is made anew now and then, for the life of the connection
    if (this.#settled) {
      answer(key.equals(this.#hostKey));
      return;
    }
    this.#phase = 'hostKey';
    this.#deadline.clear();
    checkHostKey(key, knownHosts, { spec, policy, signal: this.#over.signal })
      .then(() => {
        if (this.#settled) return;
        this.#hostKey = key;
        this.#enter('keyExchange', timing.handshakeMs);
        answer(true);
      })
      .catch((error: unknown) => this.#fail(error as Error));
  }

  /** A person is asked: no timer runs until the answer is there. */
  async #unhurried<T>(task: () => Promise<T>): Promise<T> {
    this.#isAsking = true;
    this.#deadline.clear();
    try {
      return await task();
    } finally {
      this.#isAsking = false;
      if (!this.#settled) this.#enter('login', this.#request.timing.loginMs);
    }
  }

  /** ssh2 would wait for one for ever. */
  #refuseNewPassword(): void {
    this.#login.record.gaveUp = 'it wants the password changed first, which ssh can do';
    this.#end(undefined);
  }

  #succeed(): void {
    if (!this.#settle()) return;
    const wire = this.#wire!;
    wire.off('data', this.#peek);
    this.#outcome.resolve({ type: 'ready', client: this.#client, wire, hostKey: this.#hostKey });
  }

  #end(error: SocketTrouble | SlipwayError | undefined): void {
    if (this.#settled) return;
    if (error instanceof SlipwayError) {
      this.#fail(error);
      return;
    }
    const { spec, credentials } = this.#request;
    const { record } = this.#login;
    const phase = this.#phase;
    const firstBytes = this.#firstBytes;
    const saying = { firstBytes, banner: this.#banner, isAsking: this.#isAsking };
    const explained = explain(spec, { phase, ...saying, record, credentials, error });
    const greeted = /^SSH-/m.test(firstBytes);
    const dropped = !greeted && (phase === 'keyExchange' || error?.code === 'ECONNRESET');
    if (dropped) this.#drop(explained);
    else this.#fail(explained);
  }

  #drop(error: SlipwayError): void {
    if (!this.#settle()) return;
    this.#wire?.destroy();
    this.#outcome.resolve({ type: 'dropped', error });
  }

  #fail(error: Error): void {
    if (!this.#settle()) return;
    this.#opening.abort(error);
    this.#wire?.destroy();
    this.#outcome.reject(error);
  }

  /** True the first time. */
  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.#deadline.clear();
    this.#over.abort();
    return true;
  }
}
