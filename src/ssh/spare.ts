import type { Channel, Connection } from './transport.ts';

/** Channels opened in advance for one constant command that waits for its input, so that taking one costs no round trip. */
export interface Spare {
  /** The channel that is waiting, or a fresh one when that has died; the next is opened behind it. */
  take(): Promise<Channel>;
  /** Gives up the channel that nobody took. */
  close(): void;
}

/** Keeps one channel open in advance. It takes one of the connection's places. */
export function withSpare(connection: Connection, command: string): Spare {
  let closed = false;
  let waiting = quiet(connection.open(command));
  return {
    async take() {
      const taken = waiting;
      // opened only after the one before, which may need the round trip now
      if (!closed) waiting = quiet(taken.catch(() => undefined).then(() => connection.open(command)));
      const channel = await taken.catch(() => undefined);
      // a command that has ended reads no more
      return channel?.stdin.writable === true ? channel : connection.open(command);
    },
    close() {
      closed = true;
      waiting.then(
        (channel) => channel.close(),
        () => undefined,
      );
    },
  };
}

/** Nobody may ever take it, so its failure is not the process's: whoever takes one tries once more, and is told. */
function quiet(opened: Promise<Channel>): Promise<Channel> {
  opened.catch(() => undefined);
  return opened;
}
