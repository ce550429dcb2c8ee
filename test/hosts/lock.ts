import { createConnection, createServer } from 'node:net';

/**
 * One run at a time. The lock is a listening socket in Linux's abstract namespace: the kernel frees it when its owner
 * dies, however that happens, and whoever finds it taken can ask it for the owner's name.
 */
const address = '\0slipway-test-hosts';
const patience = 1000;

/** Takes the lock or fails naming its owner; returns what gives it back. */
export async function takeLock(purpose: string): Promise<() => Promise<void>> {
  const owner = `process ${process.pid} (${purpose})`;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end(owner);
  });
  const isTaken = await new Promise<boolean>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(true) : reject(error),
    );
    server.listen(address, () => resolve(false));
  });
  if (isTaken) throw new Error(`The test hosts are in use by ${await askOwner()}`);
  server.unref();
  return () => new Promise((resolve) => server.close(() => resolve()));
}

/** Does the work while holding the lock. */
export async function locked(purpose: string, work: () => Promise<void>): Promise<void> {
  const release = await takeLock(purpose);
  try {
    await work();
  } finally {
    await release();
  }
}

function askOwner(): Promise<string> {
  return new Promise((resolve) => {
    const socket = createConnection(address);
    let answer = '';
    socket.setTimeout(patience, () => socket.destroy());
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer || 'a process that does not answer'));
  });
}
