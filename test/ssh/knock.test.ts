import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { plainSpec } from '../../src/ssh/spec.ts';
import { knockAt } from '../../src/ssh/resolve.ts';

const NEVER = new AbortController().signal;

let server: Server;
let folder: string;
let port: number;
let callers: Socket[];

beforeEach(async () => {
  callers = [];
  folder = await mkdtemp(join(tmpdir(), 'slipway-knock-'));
  server = createServer((socket) => callers.push(socket.on('error', () => undefined))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});

afterEach(async () => {
  callers.forEach((socket) => socket.destroy());
  server.close();
  await rm(folder, { recursive: true });
});

/** Knocks at "box", of which the configuration says this. */
async function knock(config: string) {
  const sshConfigFile = join(folder, 'config');
  await writeFile(sshConfigFile, config);
  return knockAt({ name: 'fra-1', host: 'box' }, {}, { sshConfigFile });
}

const box = () => `Host box\n HostName 127.0.0.1\n Port ${port}\n`;
const there = () => plainSpec({ name: 'fra-1', host: '127.0.0.1', port, user: 'ana' });
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('the connection is begun before OpenSSH has answered, and taken once', async () => {
  const begun = await knock(box());
  await turn();
  const socket = await begun.take(there(), NEVER);
  expect(socket?.remotePort).toBe(port);
  expect(begun.take(there(), NEVER)).toBeUndefined();
  begun.end();
  expect(socket?.destroyed).toBe(false);
  await expect.poll(() => callers.length).toBe(1);
  socket?.destroy();
});

test('a connection to elsewhere than where OpenSSH says the host is, is dropped unused', async () => {
  const begun = await knock(box());
  await turn();
  expect(begun.take({ ...there(), port: port + 1 }, NEVER)).toBeUndefined();
  expect(begun.take({ ...there(), bindAddress: '127.0.0.2' }, NEVER)).toBeUndefined();
  const called = callers.length > 0 ? undefined : once(server, 'connection');
  await called;
  begun.end();
  await once(callers[0]!.resume(), 'close');
});

test.each([
  ['through another host', () => `${box()} ProxyJump bastion\n`],
  ['through a command', () => `${box()} ProxyCommand nc %h %p\n`],
  ['where a command would have to be asked', () => `Match exec "touch ${folder}/asked"\n Port 1\n${box()}`],
  ['where names are made whole', () => `CanonicalizeHostname yes\n${box()}`],
  ['where the configuration is broken', () => `${box()} Port what\n Host "\n`],
])('nothing is begun %s', async (_way, config) => {
  const begun = await knock(config());
  await turn();
  expect(begun.take(there(), NEVER)).toBeUndefined();
  begun.end();
  expect(callers).toEqual([]);
});

test('whoever gives up the attempt gives up the connection', async () => {
  const begun = await knock(`Host box\n HostName 198.18.255.254\n Port ${port}\n`);
  await turn();
  const giving = new AbortController();
  const taken = begun.take({ ...there(), host: '198.18.255.254' }, giving.signal);
  giving.abort(new Error('enough'));
  await expect(taken).rejects.toThrow('enough');
});

test('an error of the connection is told to whoever takes it', async () => {
  server.close();
  const begun = await knock(box());
  await turn();
  await expect(begun.take(there(), NEVER)).rejects.toThrow('ECONNREFUSED');
});
