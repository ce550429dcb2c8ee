import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import type { Connection as Peer, ServerConfig } from 'ssh2';
import { type HostSpec, plainSpec } from '../../../src/ssh/spec.ts';

/** Something on a port of 127.0.0.1, and the spec that leads there. */
export interface Listening extends AsyncDisposable {
  readonly port: number;
  spec(changes?: Partial<HostSpec>): HostSpec;
}

/** An SSH server that does what no sshd can be made to do. It lets in whoever comes with a key. */
export async function fakeSshServer(
  serve: (peer: Peer) => void,
  config: Partial<ServerConfig> = {},
): Promise<Listening> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-fake-'));
  const hostKey = freshKey();
  const userKey = freshKey();
  await writeFile(join(folder, 'id_user'), userKey.private, { mode: 0o600 });
  const peers = new Set<Peer>();
  const server = new ssh2.Server({ hostKeys: [hostKey.private], ...config }, (peer) => {
    peers.add(peer);
    peer.on('error', () => undefined);
    peer.on('authentication', (attempt) =>
      attempt.method === 'publickey' ? attempt.accept() : attempt.reject(['publickey']),
    );
    serve(peer);
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await writeFile(join(folder, 'known_hosts'), `[127.0.0.1]:${port} ${hostKey.public}\n`);
  return {
    port,
    spec: (changes) => ({ ...bareSpec(port, folder), ...changes }),
    async [Symbol.asyncDispose]() {
      for (const peer of peers) peer.end();
      server.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** One key in two hundred that ssh2 makes cannot be read, not even by ssh2. */
function freshKey() {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519');
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair;
  }
}

/** A server that is not SSH, or not yet. */
export async function rawServer(serve: (socket: Socket, count: number) => void): Promise<Listening> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    serve(socket, sockets.size);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    spec: (changes) => ({ ...bareSpec(port, '/nonexistent'), ...changes }),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Leads to a port of this machine, with the keys of a folder. */
export function bareSpec(port: number, folder: string): HostSpec {
  return {
    ...plainSpec({ name: 'test-1', host: '127.0.0.1', port, user: 'deploy' }),
    identityFiles: [join(folder, 'id_user')],
    userKnownHostsFiles: [join(folder, 'known_hosts')],
  };
}
