import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../src/ssh/connect.ts';
import { plainSpec } from '../../src/ssh/spec.ts';
import { timingFor } from '../../src/ssh/timing.ts';
import type { TransportName } from '../../src/ssh/transport.ts';
import { rawServer } from './support/fake-server.ts';
import { startProxy } from './support/proxy.ts';
import { skipReason, startSshd } from './support/sshd.ts';
import type { Sshd } from './support/sshd.ts';

const skip = await skipReason();

/** OpenSSH counts whole seconds. */
const timings = [
  { transport: 'ssh2' as TransportName, timing: { pingMs: 100, deadMs: 600 } },
  { transport: 'openssh' as TransportName, timing: { pingMs: 1000, deadMs: 2000 } },
];

describe.skipIf(skip !== undefined).each(timings)('a line over $transport', ({ transport, timing }) => {
  let sshd: Sshd;
  beforeAll(async () => void (sshd = await startSshd()));
  afterAll(async () => sshd[Symbol.asyncDispose]());

  const at = (port: number) => sshd.spec({ port, hostKeyAlias: `[127.0.0.1]:${sshd.port}` });

  test('that swallows everything is noticed in the time allowed, and all that waited is told', async () => {
    await using proxy = await startProxy(sshd.port);
    const connection = await connect(at(proxy.port), { transport, timing });
    const channel = await connection.open('exec cat');
    proxy.hold();
    const cutAt = performance.now();
    const opening = connection.open('true').catch((error: unknown) => error);
    const [, end] = await Promise.all([text(channel.stdout), channel.ended]);
    const took = performance.now() - cutAt;
    expect(end.type).toBe('lost');
    expect(took).toBeLessThan(timing.deadMs + 3 * timing.pingMs);
    expect(await opening).toMatchObject({ code: 'SLIP_CONNECTION_LOST' });
    expect(connection.lost.aborted).toBe(true);
    await connection.close();
  });

  test('that is reset is lost at once', async () => {
    await using proxy = await startProxy(sshd.port);
    const connection = await connect(at(proxy.port), { transport });
    const channel = await connection.open('exec cat');
    proxy.cut();
    const [, end] = await Promise.all([text(channel.stdout), channel.ended]);
    expect(end.type).toBe('lost');
    await connection.close();
  });

  test('with a slow way up is kept while bytes flow, though every ping waits behind them', async () => {
    await using slow = await rawServer((socket) => void relaySlowly(socket, sshd.port, 500_000));
    const connection = await connect(at(slow.port), { transport, timing });
    const channel = await connection.open('wc -c');
    // more than a window, so that what is on its way takes longer than the time allowed
    const megabytes = Readable.from(Array.from({ length: 24 }, () => Buffer.alloc(125_000)));
    const began = performance.now();
    await Promise.all([
      pipeline(megabytes, channel.stdin),
      (async () => expect(Number(await text(channel.stdout))).toBe(3_000_000))(),
    ]);
    expect(performance.now() - began).toBeGreaterThan(2 * timing.deadMs);
    expect(connection.lost.aborted).toBe(false);
    await connection.close();
  });
});

/** Passes on what comes up at so many bytes a second; the other way is free. */
async function relaySlowly(socket: Socket, port: number, rate: number): Promise<void> {
  const upstream = createConnection({ port, host: '127.0.0.1', noDelay: true });
  upstream.on('error', () => socket.destroy());
  upstream.pipe(socket);
  try {
    for await (const chunk of socket) {
      upstream.write(chunk as Buffer);
      await pause((1000 * (chunk as Buffer).length) / rate);
    }
  } catch {
    // it was reset
  }
  upstream.destroy();
}

describe('how long a host may be silent', () => {
  const spec = plainSpec({ name: 'fra-1', host: '203.0.113.10', port: 22, user: 'deploy' });

  test('is 45 seconds, asked every 15', () => {
    expect(timingFor(spec)).toMatchObject({ pingMs: 15_000, deadMs: 45_000 });
  });

  test('is what ServerAliveInterval and ServerAliveCountMax say', () => {
    const configured = { ...spec, serverAlive: { intervalMs: 5000, countMax: 4 } };
    expect(timingFor(configured)).toMatchObject({ pingMs: 5000, deadMs: 20_000 });
  });

  test('for an answer to the first knock is what ConnectTimeout says', () => {
    expect(timingFor({ ...spec, connectTimeoutMs: 3000 })).toMatchObject({ handshakeMs: 3000 });
  });
});
