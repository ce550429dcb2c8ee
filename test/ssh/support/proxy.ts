import { createConnection, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** A TCP hop in front of a server, to hold traffic back, cut it, and count round trips. */
export interface Proxy extends AsyncDisposable {
  readonly port: number;
  /** Nothing passes in either direction until `release`. */
  hold(): void;
  release(): void;
  /** Resets every connection that is open. */
  cut(): void;
  /** How often this side had to wait for the other since the last call: turns from answer to question. */
  roundTrips(): number;
}

/** Each way takes `delayMs`; that is what lets bytes that belong together arrive together. */
export async function startProxy(target: number, delayMs = 0): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let held: (() => void)[] | undefined;
  let last: 'out' | 'in' = 'in';
  let turns = 0;

  const carry = (from: Socket, to: Socket, direction: 'out' | 'in') => {
    from.on('data', (chunk) => {
      if (direction === 'out' && last === 'in') turns += 1;
      const pass = () => {
        if (!to.destroyed) to.write(chunk);
      };
      setTimeout(
        () => (held === undefined ? arrive(direction, pass) : held.push(() => arrive(direction, pass))),
        delayMs,
      );
    });
    from.on('close', () => setTimeout(() => to.destroy(), delayMs));
    from.on('error', () => undefined);
    sockets.add(from);
  };
  // an answer counts when it has arrived here, for only then can the next question depend on it
  const arrive = (direction: 'out' | 'in', pass: () => void) => {
    last = direction;
    pass();
  };

  const server = createServer({ noDelay: true }, (client) => {
    const upstream = createConnection({ port: target, host: '127.0.0.1', noDelay: true });
    carry(client, upstream, 'out');
    carry(upstream, client, 'in');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));

  return {
    port: (server.address() as AddressInfo).port,
    hold: () => void (held ??= []),
    release() {
      const waiting = held ?? [];
      held = undefined;
      for (const pass of waiting) pass();
    },
    cut() {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    roundTrips() {
      const counted = turns;
      turns = 0;
      last = 'in';
      return counted;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
