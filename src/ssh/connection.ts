import type { Socket } from 'node:net';
import type { Client, ClientChannel } from 'ssh2';
import { Bug, ConnectionLostError, RemoteError } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import { formatDuration } from '../base/duration.ts';
import { createLimit } from '../base/limit.ts';
import { sanitise } from '../base/sanitise.ts';
import { Ssh2Channel } from './channel.ts';
import type { HostSpec } from './spec.ts';
import { describeHost } from './spec.ts';
import type { SocketTrouble } from './troubles.ts';
import type { Channel, Connection } from './transport.ts';
import { silence } from './watchdog.ts';

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
  readonly socket: Socket;
  readonly timing: ConnectionTiming;
  readonly clock: Clock;
}

/** sshd allows ten sessions a connection (MaxSessions); somebody else's tools may want the other two. */
const CHANNELS = 8;

/** RFC 4254: what sshd answers beyond MaxSessions. */
const CONNECT_FAILED = 2;

/** Linux takes no longer argument, and sshd hands the command to a shell as one. */
const LONGEST_COMMAND = 131_071;

/** A connection over ssh2. */
export class Ssh2Connection implements Connection {
  readonly host: string;
  readonly #parts: ConnectionParts;
  readonly #lost = new AbortController();
  readonly #over = new AbortController();
  readonly #channels = new Set<Ssh2Channel>();
  readonly #slots = createLimit(CHANNELS);
  #freed = Promise.withResolvers<true>();
  #why = 'the host closed it';

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.host = parts.spec.name;
    this.#listen();
    void this.#watch();
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  #listen(): void {
    const { client, socket } = this.#parts;
    client.on('error', (error: SocketTrouble) => {
      if (!this.#over.signal.aborted) this.#why = sanitise(error.message);
      socket.destroy();
    });
    client.once('end', () => socket.destroy());
    client.once('close', () => this.#end(this.#why));
    // it may have died in the moment between its login and now
    if (socket.destroyed) queueMicrotask(() => this.#end(this.#why));
  }

  async #watch(): Promise<void> {
    const { socket, timing, clock } = this.#parts;
    try {
      await silence(socket, timing, { clock, signal: this.#over.signal });
      this.#why = `no sign of life for ${formatDuration(timing.deadMs)}`;
      socket.destroy();
    } catch {
      // it ended in another way
    }
  }

  #end(why: string): void {
    if (this.#over.signal.aborted) return;
    const error = this.#lostError(why);
    this.#over.abort(error);
    this.#lost.abort(error);
    for (const channel of this.#channels) channel.lose(why);
  }

  #lostError(why: string): ConnectionLostError {
    return new ConnectionLostError({
      code: 'SLIP_CONNECTION_LOST',
      host: this.host,
      message: `The connection to ${describeHost(this.#parts.spec)} was lost: ${why}.`,
      mend: 'What was running there may have gone on: look before doing it again.',
    });
  }

  /** Waits while eight channels are open; a place is free again when its channel has ended or was given up. */
  open(command: string): Promise<Channel> {
    const opened = Promise.withResolvers<Channel>();
    void this.#slots(async () => {
      try {
        const channel = await this.#openWhenAllowed(command);
        opened.resolve(channel);
        await channel.ended;
        this.#forget(channel);
      } catch (error) {
        opened.reject(error);
      }
    });
    return opened.promise;
  }

  #forget(channel: Ssh2Channel): void {
    this.#channels.delete(channel);
    this.#freed.resolve(true);
    this.#freed = Promise.withResolvers();
  }

  /** A session counts until its command has ended on the host, which may be a little after we saw the end of it. */
  async #openWhenAllowed(command: string): Promise<Ssh2Channel> {
    if (Buffer.byteLength(command) > LONGEST_COMMAND) throw new Bug('A command this long must be sent on stdin.');
    const { clock, timing } = this.#parts;
    const deadline = clock.now() + timing.channelMs;
    for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 2, 1000)) {
      const opened = await this.#request(command);
      if (opened.type === 'open') return opened.channel;
      if (clock.now() >= deadline) throw this.#refused(opened.reason);
      await Promise.race([this.#freed.promise, clock.sleep(pauseMs, this.#over.signal)]);
    }
  }

  #request(command: string): Promise<{ type: 'open'; channel: Ssh2Channel } | { type: 'full'; reason: string }> {
    return new Promise((resolve, reject) => {
      const answered = (error: (Error & { reason?: number | string }) | undefined, source: ClientChannel) => {
        if (error === undefined) resolve({ type: 'open', channel: this.#adopt(source) });
        else if (this.#over.signal.aborted) reject(this.#over.signal.reason as Error);
        else if (error.reason === CONNECT_FAILED) resolve({ type: 'full', reason: error.message });
        else reject(this.#refused(error.message));
      };
      if (this.#over.signal.aborted) throw this.#over.signal.reason;
      try {
        this.#parts.client.exec(command, answered);
      } catch (error) {
        // ssh2 throws when the socket is no longer writable, a moment before it tells
        reject(this.#lostError(sanitise((error as Error).message)));
      }
    });
  }

  /** At once, within ssh2's callback: the end of a short command may be in the same packet. */
  #adopt(source: ClientChannel): Ssh2Channel {
    const channel = new Ssh2Channel(source);
    this.#channels.add(channel);
    return channel;
  }

  #refused(reason: string): RemoteError {
    return new RemoteError({
      code: 'SLIP_CHANNEL_REFUSED',
      host: this.host,
      message: `${describeHost(this.#parts.spec)} does not let slipway run a command: ${sanitise(reason)}.`,
      mend: 'Look at MaxSessions in its sshd_config (10 is usual), and at the login shell of the user.',
    });
  }

  async close(): Promise<void> {
    const { client, socket, timing, clock } = this.#parts;
    if (!this.#over.signal.aborted) {
      this.#over.abort(this.#lostError('slipway closed it'));
      for (const channel of this.#channels) channel.lose('slipway closed the connection');
      client.end();
      // what was said is on its way; the host's own goodbye would take a round trip
      socket.destroySoon();
    }
    if (socket.closed) return;
    const gone = new AbortController();
    socket.once('close', () => gone.abort());
    await clock.sleep(timing.closeMs, gone.signal).then(
      () => socket.destroy(),
      () => undefined,
    );
  }
}
