import { SlipwayError } from '../base/errors.ts';
import type { Channel, Connection } from '../ssh/transport.ts';

/** The way to one host: connected when first needed, kept, and made anew after a loss when next needed. */
export interface Link {
  /** A channel that runs the command. Throws RemoteError when the host cannot be reached. */
  open(command: string): Promise<Channel>;
  /** A person is here again: what was refused may be tried once more. */
  renew(): void;
  close(): Promise<void>;
}

export function createLink(connect: () => Promise<Connection>): Link {
  let current: Promise<Connection> | undefined;
  let refusal: Error | undefined;
  return {
    open: async (command) => {
      if (current) await dropWhenLost(current);
      if (refusal !== undefined) throw refusal;
      try {
        current ??= connect();
        return await (await current).open(command);
      } catch (thrown) {
        current = undefined; // the next caller tries afresh
        if (isRefusal(thrown)) refusal = thrown;
        throw thrown;
      }
    },
    renew: () => (refusal = undefined),
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

/** A login or a key that was refused is not tried again by what runs by itself: hosts lock out who does that. */
function isRefusal(thrown: unknown): thrown is SlipwayError {
  return thrown instanceof SlipwayError && /^SLIP_(AUTH_|HOST_KEY_|OPENSSH$)/.test(thrown.code);
}
