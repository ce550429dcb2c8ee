import type { Client, ClientChannel, ExecOptions } from 'ssh2';
import { RemoteError } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import { formatDuration } from '../base/duration.ts';
import { sanitise } from '../base/sanitise.ts';
import { Ssh2Channel } from './channel.ts';
import { Lifetime } from './lifetime.ts';
import { Places, refused } from './places.ts';
import type { Answer } from './places.ts';
import { describeHost } from './spec.ts';
import type { HostSpec } from './spec.ts';
import type { SocketTrouble } from './troubles.ts';
import type { Channel, Hop } from './transport.ts';
import { silence } from './watchdog.ts';
import { type Way, wayOf } from './way.ts';
import { PairedWire } from './wire.ts';
import type { Wire } from './wire.ts';

export interface ConnectionTiming {
  readonly pingMs: number;
  readonly deadMs: number;
  /** How long a refused channel is tried again. */
  readonly channelMs: number;
  /** How long the host gets to say goodbye. */
  readonly closeMs: number;
}

export interface ConnectionParts {
  readonly spec: HostSpec;
  readonly client: Client;
  readonly wire: Wire;
  readonly timing: ConnectionTiming;
  readonly clock: Clock;
}

/** RFC 4254: what sshd answers beyond MaxSessions. */
const CONNECT_FAILED = 2;

/** ssh2 puts the reason of RFC 4254 on its error when the host refused the channel itself. */
type Refusal = Error & { readonly reason?: number | string };

/** A connection over ssh2. */
export class Ssh2Connection implements Hop {
  readonly host: string;
  readonly way: Way;
  readonly proxyCommand = undefined;
  readonly #parts: ConnectionParts;
  readonly #life: Lifetime;
  readonly #places: Places;
  #forwardsAgent: boolean;
  #why = 'the host closed it';

  constructor(parts: ConnectionParts) {
    const { spec, clock, timing } = parts;
    this.#parts = parts;
    this.host = spec.name;
    this.way = wayOf(spec, 'ssh2');
    this.#life = new Lifetime(spec);
    this.#places = new Places({ spec, clock, channelMs: timing.channelMs, over: this.#life.over });
    this.#forwardsAgent = spec.forwardAgent !== undefined;
    this.#listen();
    void this.#watch();
  }

  get lost(): AbortSignal {
    return this.#life.lost;
  }

  get over(): AbortSignal {
    return this.#life.over;
  }

  #listen(): void {
    const { client, wire } = this.#parts;
    client.on('error', (error: SocketTrouble) => {
      if (!this.#life.over.aborted) this.#why = sanitise(error.message);
      wire.destroy();
    });
    client.once('end', () => wire.destroy());
    client.once('close', () => this.#lose(this.#why));
    // it may have died in the moment between its login and now
    if (wire.destroyed) queueMicrotask(() => this.#lose(this.#why));
  }

  async #watch(): Promise<void> {
    const { wire, timing, clock } = this.#parts;
    try {
      await silence(wire, timing, { clock, signal: this.#life.over });
      this.#why = `no sign of life for ${formatDuration(timing.deadMs)}`;
      wire.destroy();
    } catch {
      // it ended in another way
    }
  }

  #lose(why: string): void {
    if (this.#life.lose(why)) this.#places.loseAll(why);
  }

  /** Waits while eight channels are open. */
  open(command: string): Promise<Channel> {
    return this.#places.open(command, () => this.#request(command));
  }

  async #request(command: string): Promise<Answer> {
    const first = await this.#exec(command);
    if (first instanceof Ssh2Channel) return { type: 'open', channel: first };
    if (first.reason === CONNECT_FAILED) return { type: 'full', reason: first.message };
    if (!this.#forwardsAgent || first.reason !== undefined) throw refused(this.#parts.spec, first.message);
    // sshd may forbid the agent (AllowAgentForwarding), and ssh2 then gives up the whole channel
    this.#forwardsAgent = false;
    return this.#request(command);
  }

  #exec(command: string): Promise<Ssh2Channel | Refusal> {
    return this.#ask<Ssh2Channel | Refusal>((resolve) => {
      // its types do not know that a single command can be lent the agent
      const options = { agentForward: this.#forwardsAgent } as ExecOptions;
      this.#parts.client.exec(command, options, (error: Refusal | undefined, source: ClientChannel) => {
        // at once, within ssh2's callback: the end of a short command may be in the same packet
        resolve(error ?? new Ssh2Channel(source));
      });
    });
  }

  async forward(host: string, port: number): Promise<Wire> {
    const opened = await this.#ask<ClientChannel | Refusal>((resolve) => {
      this.#parts.client.forwardOut('127.0.0.1', 0, host, port, (error, source) => resolve(error ?? source));
    });
    if (opened instanceof Error) throw this.#notForwarded(opened);
    return new PairedWire({
      ...{ input: opened, output: opened, over: Promise.resolve(undefined) },
      close: () => opened.close(),
    });
  }

  /** One request to ssh2, which throws when the wire is no longer writable, a moment before it tells. */
  async #ask<T>(request: (resolve: (answer: T) => void) => void): Promise<T> {
    const { over } = this.#life;
    over.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    try {
      request(resolve);
    } catch (error) {
      reject(this.#life.error(sanitise((error as Error).message)));
    }
    const answer = await promise;
    if (answer instanceof Error) over.throwIfAborted();
    return answer;
  }

  #notForwarded({ message }: Refusal): RemoteError {
    return new RemoteError({
      code: 'SLIP_JUMP_REFUSED',
      host: this.host,
      message: `${describeHost(this.#parts.spec)} does not connect any further (${sanitise(message)})`,
      mend: 'Look at AllowTcpForwarding and PermitOpen in its sshd_config, and whether it reaches the next host.',
    });
  }

  async close(): Promise<void> {
    const { client, wire, timing, clock } = this.#parts;
    if (this.#life.close()) {
      this.#places.loseAll('slipway closed the connection');
      client.end();
      // what was said is on its way; the host's own goodbye would take a round trip
      wire.end(() => wire.destroy());
    }
    if (wire.closed) return;
    const gone = new AbortController();
    wire.once('close', () => gone.abort());
    await clock.sleep(timing.closeMs, gone.signal).then(
      () => wire.destroy(),
      () => undefined,
    );
  }
}
