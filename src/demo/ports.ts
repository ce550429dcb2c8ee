import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { RemoteError } from '../base/errors.ts';

/** Below the ports that systems give out by themselves (Linux from 32768, macOS from 49152), so that none is taken later. */
const LOWEST = 20_000;
const HIGHEST = 32_000;

const TRIES = 100;

/** The first of `count` ports in a row on loopback that nobody listens on. */
export async function findFreePorts(count: number): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const first = randomInt(LOWEST, HIGHEST - count);
    const free = await Promise.all(Array.from({ length: count }, (_, i) => isFree(first + i)));
    if (free.every(Boolean)) return first;
  }
  throw new RemoteError({
    code: 'SLIP_DEMO_PORTS',
    message: `No ${count} free ports in a row were found on 127.0.0.1 between ${LOWEST} and ${HIGHEST}.`,
    mend: 'See what listens there: ss -ltn, or lsof -iTCP -sTCP:LISTEN.',
  });
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
