import type { Channel, Connection } from '../../src/ssh/transport.ts';

/** What was asked over the channels of a connection, in the order in which they were opened. */
export interface ChannelLog {
  readonly channels: ChannelUse[];
}

export interface ChannelUse {
  /** The verbs of the host script; none for a channel that was opened and not used. */
  readonly verbs: string[];
  /** Bytes written to it: requests and payloads, before SSH wraps them. */
  written: number;
}

/** The last word of a request line: `main VERB`, within a text whose line ends are written as `\n`. */
const VERB = /main (\w+)\n/g;

/** A connection that notes which requests go over which of its channels. */
export function counted(connection: Connection, log: ChannelLog): Connection {
  return {
    host: connection.host,
    way: connection.way,
    get lost() {
      return connection.lost;
    },
    open: async (command) => {
      const use: ChannelUse = { verbs: [], written: 0 };
      log.channels.push(use);
      return listening(await connection.open(command), use);
    },
    close: () => connection.close(),
  };
}

function listening(channel: Channel, use: ChannelUse): Channel {
  const { stdin } = channel;
  const write = stdin.write.bind(stdin) as (...args: unknown[]) => boolean;
  stdin.write = (...args: readonly unknown[]) => {
    const piece = args[0] as string | Uint8Array;
    use.written += Buffer.byteLength(piece);
    // requests are written as text, payloads as bytes
    if (typeof piece === 'string') for (const [, verb] of piece.matchAll(VERB)) use.verbs.push(verb!);
    return write(...args);
  };
  return channel;
}
