import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import type { HostSpec } from './spec.ts';

/**
 * Connects to the host itself. Nagle's algorithm would add a round trip to nearly every request. Of several addresses the
 * next is tried after a second: Node's 250 ms give up hosts that are merely far away.
 */
export function openSocket({ host, port, addressFamily, bindAddress }: HostSpec, signal: AbortSignal): Promise<Socket> {
  const socket = createConnection({
    host,
    port,
    noDelay: true,
    autoSelectFamilyAttemptTimeout: 1000,
    ...(addressFamily === 'any' ? {} : { family: addressFamily === 'inet' ? 4 : 6 }),
    ...(bindAddress === undefined ? {} : { localAddress: bindAddress }),
  });
  inOneWrite(socket);
  return new Promise((resolve, reject) => {
    const giveUp = () => socket.destroy(signal.reason as Error);
    const settle = () => signal.removeEventListener('abort', giveUp);
    socket.once('connect', () => {
      settle();
      resolve(socket);
    });
    // for life: an error that nobody hears would end the process
    socket.on('error', (error) => {
      settle();
      reject(error);
    });
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
  });
}

/** ssh2 writes a packet in up to three pieces, each of which would be a segment of its own: what is written in one turn goes out as one. */
function inOneWrite(socket: Socket): void {
  const write = socket.write.bind(socket) as (...words: unknown[]) => boolean;
  const uncork = () => socket.uncork();
  Object.assign(socket, {
    write: (...words: unknown[]) => {
      if (socket.writableCorked === 0) {
        socket.cork();
        process.nextTick(uncork);
      }
      return write(...words);
    },
  });
}
