import type { Channel, Connection } from './transport.ts';

/** Channels opened in advance for one constant command that waits for its input, so that taking one costs no round trip. */
export interface Spare {
  /** The first channel that is waiting, or a fresh one when that has died; another is opened behind the last. */
  take(): Promise<Channel>;
  /** Gives up the channels that nobody took. */
  close(): void;
}

/** Opening takes two round trips and a short request one: with a single spare the second of two requests would wait. */
const KEPT = 2;

/** Keeps two channels open in advance. They take two of the connection's places. */
export function withSpare(connection: Connection, command: string): Spare {
  let closed = false;
  let last = quiet(connection.open(command));
  const waiting = [last];
  const refill = () => {
    if (closed || waiting.length >= KEPT) return;
    // opened only after the one before, which may need the round trip now
    last = quiet(last.catch(() => undefined).then(() => connection.open(command)));
    waiting.push(last);
    refill();
  };
  refill();
  return {
    async take() {
      const taken = waiting.shift();
      refill();
      const channel = await taken?.catch(() => undefined);
      // a command that has ended reads no more
      return channel?.stdin.writable === true ? channel : connection.open(command);
    },
    close() {
      closed = true;
      for (const spare of waiting.splice(0)) {
        spare.then(
          (channel) => channel.close(),
          () => undefined,
        );
      }
    },
  };
}

/** Nobody may ever take it, so its failure is not the process's: whoever takes one tries once more, and is told. */
function quiet(opened: Promise<Channel>): Promise<Channel> {
  opened.catch(() => undefined);
  return opened;
}
