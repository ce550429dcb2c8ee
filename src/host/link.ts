import type { Channel, Connection } from '../ssh/transport.ts';

/** The way to one host: connected when first needed, kept, and made anew after a loss when next needed. */
export interface Link {
  /** A channel that runs the command. Throws RemoteError when the host cannot be reached. */
  open(command: string): Promise<Channel>;
  close(): Promise<void>;
}

export function createLink(connect: () => Promise<Connection>): Link {
  let current: Promise<Connection> | undefined;
  return {
    open: async (command) => {
      if (current) await dropWhenLost(current);
      try {
        current ??= connect();
        return await (await current).open(command);
      } catch (thrown) {
        current = undefined; // the next caller tries afresh
        throw thrown;
      }
    },
    close: async () => {
      const connection = await current?.catch(() => undefined);
      current = undefined;
      await connection?.close();
    },
  };

  async function dropWhenLost(used: Promise<Connection>): Promise<void> {
    const connection = await used.catch(() => undefined);
    if (current === used && (!connection || connection.lost.aborted)) current = undefined;
  }
}
