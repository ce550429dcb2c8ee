import type { Channel, Connection } from '../../src/ssh/transport.ts';

/** What was asked over the channels of a connection, in the order in which they were opened. */
export interface ChannelLog {
  /** One entry a channel: the verbs of the host script, none for one that was opened and not used. */
  readonly channels: { readonly verbs: string[] }[];
}

/** The last word of a request line: `main VERB`, within a text whose line ends are written as `\n`. */
const VERB = /main (\w+)\n/g;

/** A connection that notes which requests go over which of its channels. */
export function counted(connection: Connection, log: ChannelLog): Connection {
  return {
    host: connection.host,
    get lost() {
      return connection.lost;
    },
    open: async (command) => {
      const noted = { verbs: [] as string[] };
      log.channels.push(noted);
      return listening(await connection.open(command), (verb) => noted.verbs.push(verb));
    },
    close: () => connection.close(),
  };
}

function listening(channel: Channel, onVerb: (verb: string) => void): Channel {
  const { stdin } = channel;
  const write = stdin.write.bind(stdin) as (...args: unknown[]) => boolean;
  stdin.write = (...args: readonly unknown[]) => {
    // requests are written as text, payloads as bytes
    if (typeof args[0] === 'string') for (const [, verb] of args[0].matchAll(VERB)) onVerb(verb!);
    return write(...args);
  };
  return channel;
}
