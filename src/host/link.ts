import { withSpare, type Spare } from '../ssh/spare.ts';
import type { Channel, Connection } from '../ssh/transport.ts';
import { BOOT } from './request.ts';

/** The way to one host: connected when first needed, kept, and made anew after a loss when next needed. */
export interface Link {
  /** A channel that runs BOOT. Throws RemoteError when the host cannot be reached. */
  takeChannel(): Promise<Channel>;
  close(): Promise<void>;
}

interface Line {
  readonly connection: Connection;
  readonly spare: Spare;
}

export function createLink(connect: () => Promise<Connection>): Link {
  let line: Promise<Line> | undefined;
  const connected = () => {
    line ??= connect().then((connection) => ({ connection, spare: withSpare(connection, BOOT) }));
    return line;
  };
  return {
    takeChannel: async () => {
      const current = line;
      if (current) await dropWhenLost(current);
      try {
        return await (await connected()).spare.take();
      } catch (thrown) {
        line = undefined; // the next caller tries afresh
        throw thrown;
      }
    },
    close: async () => {
      const current = await line?.catch(() => undefined);
      line = undefined;
      current?.spare.close();
      await current?.connection.close();
    },
  };

  async function dropWhenLost(current: Promise<Line>): Promise<void> {
    const settled = await current.catch(() => undefined);
    if (line === current && (!settled || settled.connection.lost.aborted)) line = undefined;
  }
}
