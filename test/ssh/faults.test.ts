import { createConnection } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RemoteError } from '../../src/base/errors.ts';
import { connect } from '../../src/ssh/connect.ts';
import type { ConnectOptions } from '../../src/ssh/connect.ts';
import type { HostSpec } from '../../src/ssh/spec.ts';
import type { Channel } from '../../src/ssh/transport.ts';
import { bareSpec, fakeSshServer, rawServer } from './support/fake-server.ts';
import type { Listening } from './support/fake-server.ts';

const refusal = (spec: HostSpec, options: ConnectOptions = {}): Promise<RemoteError> =>
  connect(spec, options).then(
    () => expect.fail('connected'),
    (error: unknown) => error as RemoteError,
  );

/** The real clock with its waits shortened, for the pauses between attempts. */
const hasty: ConnectOptions['clock'] = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, ms / 50);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      });
    }),
};

describe('no connection comes about, and the message says why and what to do:', () => {
  test('a port where nothing listens', async () => {
    const gone = await rawServer(() => undefined);
    await gone[Symbol.asyncDispose]();
    const refused = await refusal(gone.spec());
    expect(refused).toMatchObject({ code: 'SLIP_REFUSED', exitCode: 3, host: 'test-1' });
    expect(refused.message).toContain(`test-1 (deploy@127.0.0.1:${gone.port})`);
  });

  test('a name that DNS does not know', async () => {
    expect(await refusal({ ...bareSpec(22, '/'), host: 'no-such-host.invalid' })).toMatchObject({ code: 'SLIP_DNS' });
  });

  test('a host that takes the connection and stays silent', async () => {
    await using server = await rawServer(() => undefined);
    expect(await refusal(server.spec(), { timing: { handshakeMs: 80 } })).toMatchObject({
      code: 'SLIP_HANDSHAKE_TIMEOUT',
    });
  });

  test('a host that greets and then stays silent', async () => {
    await using server = await rawServer((socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'));
    expect(await refusal(server.spec(), { timing: { handshakeMs: 80 } })).toMatchObject({
      code: 'SLIP_HANDSHAKE_TIMEOUT',
    });
  });

  test('a server that speaks something else, with what it said stripped of control sequences', async () => {
    await using server = await rawServer((socket) =>
      socket.end('HTTP/1.1 400 Bad\u001b]0;title\u0007 Request\r\n\r\n'),
    );
    const refused = await refusal(server.spec(), { clock: hasty });
    expect(refused).toMatchObject({ code: 'SLIP_HANDSHAKE' });
    expect(refused.detail).toEqual(['the host said: HTTP/1.1 400 Bad Request', 'the host said: ']);
  });

  test('a server with no algorithm in common', async () => {
    await using server = await fakeSshServer(() => undefined, { algorithms: { cipher: ['3des-cbc'] } });
    const refused = await refusal(server.spec());
    expect(refused).toMatchObject({ code: 'SLIP_HANDSHAKE' });
    expect(refused.mend).toContain('aes128-gcm');
  });

  test('a server that never answers the login', async () => {
    await using server = await fakeSshServer((peer) =>
      peer.removeAllListeners('authentication').on('authentication', () => undefined),
    );
    expect(await refusal(server.spec(), { timing: { loginMs: 80 } })).toMatchObject({ code: 'SLIP_LOGIN_TIMEOUT' });
  });

  test('a server that hangs up during the login', async () => {
    await using server = await fakeSshServer((peer) => peer.on('authentication', () => peer.end()));
    const refused = await refusal(server.spec());
    expect(['SLIP_LOGIN_BROKEN', 'SLIP_AUTH_REFUSED']).toContain(refused.code);
  });

  test('a server that refuses the key is asked once', async () => {
    let attempts = 0;
    await using server = await fakeSshServer((peer) =>
      peer.removeAllListeners('authentication').on('authentication', (attempt) => {
        attempts += 1;
        attempt.reject(['password', 'keyboard-interactive']);
      }),
    );
    const refused = await refusal(server.spec());
    expect(refused).toMatchObject({ code: 'SLIP_AUTH_REFUSED' });
    expect(refused.detail.at(-1)).toBe('the host accepts: password, keyboard-interactive');
    expect(attempts).toBe(1);
  });

  test('a server that wants more than a key', async () => {
    await using server = await fakeSshServer((peer) =>
      peer.removeAllListeners('authentication').on('authentication', (attempt) => {
        attempt.reject(['keyboard-interactive'], true);
      }),
    );
    const refused = await refusal(server.spec());
    expect(refused.mend).toBe('It wants keyboard-interactive as well: run slipway on a terminal, where it can ask.');
  });

  test('an interruption gives up the attempt at once', async () => {
    await using server = await rawServer(() => undefined);
    const stop = new AbortController();
    const attempt = refusal(server.spec(), { signal: stop.signal });
    stop.abort(new Error('stop'));
    expect(await attempt).toMatchObject({ message: 'stop' });
    expect(await refusal(server.spec(), { signal: stop.signal })).toMatchObject({ message: 'stop' });
  });
});

describe('a host that is busy', () => {
  test('and drops a connection before its greeting is asked again', async () => {
    await using behind = await fakeSshServer(() => undefined);
    const drops: number[] = [];
    await using busy = await rawServer((socket, count) => {
      drops.push(count);
      if (count === 1) socket.resetAndDestroy();
      else if (count === 2) socket.end('Exceeded MaxStartups\r\n');
      else socket.pipe(createConnection({ port: behind.port, host: '127.0.0.1' })).pipe(socket);
    });
    const spec = behind.spec({ port: busy.port, hostKeyAlias: `[127.0.0.1]:${behind.port}` });
    const connection = await connect(spec, { clock: hasty });
    await connection.close();
    expect(drops).toEqual([1, 2, 3]);
  });

  test('and drops all of them is given up, with what it said', async () => {
    let knocks = 0;
    await using busy = await rawServer((socket) => {
      knocks += 1;
      socket.end('Exceeded MaxStartups\r\n');
    });
    const refused = await refusal(busy.spec(), { clock: hasty });
    expect(refused.detail).toEqual(['the host said: Exceeded MaxStartups']);
    expect(knocks).toBe(5);
  });

  test('is asked for six handshakes at a time', async () => {
    const open = { now: 0, most: 0 };
    await using behind = await fakeSshServer((peer) => peer.on('ready', () => (open.now -= 1)));
    await using counting = await rawServer((socket) => {
      open.now += 1;
      open.most = Math.max(open.most, open.now);
      socket.pipe(createConnection({ port: behind.port, host: '127.0.0.1' })).pipe(socket);
    });
    const spec = behind.spec({ port: counting.port, hostKeyAlias: `[127.0.0.1]:${behind.port}` });
    const connections = await Promise.all(Array.from({ length: 12 }, () => connect(spec)));
    await Promise.all(connections.map((connection) => connection.close()));
    expect(open.most).toBeLessThanOrEqual(6);
  });
});

describe('a channel', () => {
  let server: Listening;

  beforeAll(async () => {
    server = await fakeSshServer((peer) => {
      peer.on('session', (accept) => {
        accept().on('exec', (acceptExec, rejectExec, { command }) => {
          if (command === 'refused') {
            rejectExec();
            return;
          }
          const channel = acceptExec();
          if (command === 'vanish') channel.end('half an ans');
          if (command === 'dropped') channel.write('half an ans', () => peer.end());
          if (command === 'success, then dropped') {
            channel.exit(0);
            channel.write('x', () => peer.end());
          }
        });
      });
    });
  });
  afterAll(async () => server[Symbol.asyncDispose]());

  async function outcome(command: string) {
    const connection = await connect(server.spec());
    const channel: Channel = await connection.open(command);
    const [stdout, , end] = await Promise.all([text(channel.stdout), text(channel.stderr), channel.ended]);
    await connection.close();
    return { stdout, end: end.type };
  }

  test('that is closed without an exit status is lost, with the output that came', async () => {
    expect(await outcome('vanish')).toEqual({ stdout: 'half an ans', end: 'lost' });
  });

  test('whose connection is ended by the host is lost, with the output that came', async () => {
    expect(await outcome('dropped')).toEqual({ stdout: 'half an ans', end: 'lost' });
  });

  test('that told an exit status but not the end of its output is lost', async () => {
    expect((await outcome('success, then dropped')).end).toBe('lost');
  });

  test('for a command that the host will not run is refused, and the connection stays', async () => {
    const connection = await connect(server.spec());
    await expect(connection.open('refused')).rejects.toMatchObject({ code: 'SLIP_CHANNEL_REFUSED', exitCode: 3 });
    expect(connection.lost.aborted).toBe(false);
    await connection.close();
  });
});

test('a signal is passed on while the input is open', async () => {
  const { promise: passed, resolve } = Promise.withResolvers<string>();
  await using server = await fakeSshServer((peer) => {
    peer.on('session', (accept) => {
      const session = accept();
      session.on('exec', (acceptExec) => void acceptExec());
      session.on('signal', (_accept, _reject, { name }) => resolve(name));
    });
  });
  const connection = await connect(server.spec());
  const channel = await connection.open('anything');
  channel.signal('TERM');
  expect(await passed).toBe('TERM');
  await connection.close();
});
