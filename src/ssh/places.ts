import { Bug, RemoteError } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import { createLimit } from '../base/limit.ts';
import { sanitise } from '../base/sanitise.ts';
import { describeHost } from './spec.ts';
import type { HostSpec } from './spec.ts';
import type { Channel } from './transport.ts';

/** A channel that can be told that its connection is gone. What has arrived can still be read. */
export interface LosableChannel extends Channel {
  lose(reason: string): void;
}

/** What the host answered to a request for a channel. */
export type Answer =
  | { readonly type: 'open'; readonly channel: LosableChannel }
  /** It has as many sessions as it allows: one may be free soon. */
  | { readonly type: 'full'; readonly reason: string };

export interface PlacesParts {
  readonly spec: HostSpec;
  readonly clock: Clock;
  /** How long a refused channel is tried again. */
  readonly channelMs: number;
  /** Aborted when the connection is over. */
  readonly over: AbortSignal;
}

/** sshd allows ten sessions a connection (MaxSessions); somebody else's tools may want the other two. */
const CHANNELS = 8;

/** Linux takes no longer argument, and sshd hands the command to a shell as one. */
const LONGEST_COMMAND = 131_071;

/** The channels of one connection: eight at a time, and the others wait for their turn. */
export class Places {
  readonly #parts: PlacesParts;
  readonly #channels = new Set<LosableChannel>();
  readonly #slots = createLimit(CHANNELS);
  #freed = Promise.withResolvers<true>();
  #hasServed = false;
  #asking = 0;

  constructor(parts: PlacesParts) {
    this.#parts = parts;
  }

  /** A place is free again when its channel has ended or was given up. */
  open(command: string, request: () => Promise<Answer>): Promise<Channel> {
    const opened = Promise.withResolvers<Channel>();
    void this.#slots(async () => {
      try {
        if (Buffer.byteLength(command) > LONGEST_COMMAND) throw new Bug('A command this long must be sent on stdin.');
        this.#asking += 1;
        const channel = await this.#untilAllowed(request).finally(() => (this.#asking -= 1));
        this.#channels.add(channel);
        if (this.#parts.over.aborted) channel.lose('the connection ended');
        opened.resolve(channel);
        await channel.ended;
        this.#forget(channel);
      } catch (error) {
        opened.reject(error);
      }
    });
    return opened.promise;
  }

  loseAll(reason: string): void {
    for (const channel of this.#channels) channel.lose(reason);
  }

  /**
   * A session counts until its command has ended on the host, which may be a little after we saw the end of it. Where there
   * has been none, and none is on its way, there is nothing to wait for.
   */
  async #untilAllowed(request: () => Promise<Answer>): Promise<LosableChannel> {
    const { clock, channelMs, over } = this.#parts;
    const deadline = clock.now() + channelMs;
    for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 2, 1000)) {
      over.throwIfAborted();
      const answer = await request();
      if (answer.type === 'open') {
        this.#hasServed = true;
        return answer.channel;
      }
      if (clock.now() >= deadline || (!this.#hasServed && this.#asking === 1))
        throw refused(this.#parts.spec, answer.reason);
      await Promise.race([this.#freed.promise, clock.sleep(pauseMs, over)]);
    }
  }

  #forget(channel: LosableChannel): void {
    this.#channels.delete(channel);
    this.#freed.resolve(true);
    this.#freed = Promise.withResolvers();
  }
}

export function refused(spec: HostSpec, reason: string): RemoteError {
  return new RemoteError({
    code: 'SLIP_CHANNEL_REFUSED',
    host: spec.name,
    message: `${describeHost(spec)} does not let slipway run a command: ${sanitise(reason)}.`,
    mend: 'Look at MaxSessions in its sshd_config (10 is usual), and at the login shell of the user.',
  });
}
