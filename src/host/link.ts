import { SlipwayError } from '../base/errors.ts';
import type { Channel, Connection } from '../ssh/transport.ts';
import type { Way } from '../ssh/way.ts';

/** The way to one host: connected when first needed, kept, and made anew after a loss when next needed. */
export interface Link {
  /** A channel that runs the command. Throws RemoteError when the host cannot be reached. */
  open(command: string): Promise<Channel>;
  /** How the host is reached now; undefined while it is not. */
  way(): Way | undefined;
  /** A person is here again: what was refused may be tried once more. */
  renew(): void;
  close(): Promise<void>;
}

/** A rollout has three channels to a host for long, with a canary; beside it a log may be followed, and vitals are sampled. */
const MOST_CONNECTIONS = 5;

/** One connection is enough, unless the host allows it fewer sessions than are needed (MaxSessions). */
export function createLink(connect: () => Promise<Connection>): Link {
  let lines: readonly Line[] = [];
  let refusal: Error | undefined;
  let wasOpen = false;
  const add = () => {
    const line = new Line(connect);
    lines = [...lines, line];
    return line;
  };
  const open = async (command: string): Promise<Channel> => {
    lines = lines.filter((line) => !line.isOver);
    const line = lines.at(-1) ?? add();
    try {
      return await line.open(command);
    } catch (thrown) {
      if (!isFull(thrown) || !line.isInUse || lines.length >= MOST_CONNECTIONS) throw thrown;
      // another caller may have made one while we waited
      const newest = lines.at(-1);
      return await (newest && newest !== line ? newest : add()).open(command);
    }
  };
  return {
    open: async (command) => {
      if (refusal !== undefined) throw refusal;
      try {
        const channel = await open(command);
        wasOpen = true;
        return channel;
      } catch (thrown) {
        if (isRefusal(thrown, wasOpen ? 'let us in before' : 'never did')) refusal = thrown;
        throw thrown;
      }
    },
    way: () => lines.findLast((line) => !line.isOver)?.way,
    renew: () => (refusal = undefined),
    close: async () => {
      const closing = lines.map((line) => line.close());
      lines = [];
      await Promise.all(closing);
    },
  };
}

function isFull(thrown: unknown): boolean {
  return thrown instanceof SlipwayError && thrown.code === 'SLIP_CHANNEL_REFUSED';
}

/**
 * A login or a key that was refused is not tried again by what runs by itself: hosts lock out who does that. Why the
 * system's ssh has failed cannot be told; a host that has let us in before is more likely away.
 */
function isRefusal(thrown: unknown, host: 'let us in before' | 'never did'): thrown is SlipwayError {
  if (!(thrown instanceof SlipwayError)) return false;
  return /^SLIP_(AUTH_|HOST_KEY_)/.test(thrown.code) || (thrown.code === 'SLIP_OPENSSH' && host === 'never did');
}

/** One connection, and how many channels are open on it. */
class Line {
  readonly #connection: Promise<Connection>;
  #way: Way | undefined;
  #channels = 0;
  #isOver = false;

  constructor(connect: () => Promise<Connection>) {
    this.#connection = connect();
    this.#connection.then(
      ({ lost, way }) => {
        this.#way = way;
        lost.addEventListener('abort', () => (this.#isOver = true));
      },
      () => (this.#isOver = true),
    );
  }

  /** Lost, or never made: the next caller tries afresh. */
  get isOver(): boolean {
    return this.#isOver;
  }

  get way(): Way | undefined {
    return this.#way;
  }

  get isInUse(): boolean {
    return this.#channels > 0;
  }

  async open(command: string): Promise<Channel> {
    const connection = await this.#connection;
    const channel = await connection.open(command);
    this.#channels += 1;
    void channel.ended.then(() => (this.#channels -= 1));
    return channel;
  }

  async close(): Promise<void> {
    const connection = await this.#connection.catch(() => undefined);
    await connection?.close();
  }
}
