import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../src/ssh/connect.ts';
import { withSpare } from '../../src/ssh/spare.ts';
import type { Channel, Connection } from '../../src/ssh/transport.ts';
import { startProxy } from './support/proxy.ts';
import { skipReason, startSshd } from './support/sshd.ts';
import type { Sshd } from './support/sshd.ts';

const skip = await skipReason();
const ECHO = `exec sh -c 'IFS= read -r line && echo "got $line"'`;

/** Sends a line and waits for the first of the answer. */
async function ask(channel: Channel, line: string): Promise<void> {
  channel.stdin.end(`${line}\n`);
  await once(channel.stdout, 'readable');
}

async function finish(channel: Channel): Promise<string> {
  const [stdout] = await Promise.all([text(channel.stdout), text(channel.stderr), channel.ended]);
  return stdout;
}

describe.skipIf(skip !== undefined)(`a spare channel${skip === undefined ? '' : ` (${skip})`}`, () => {
  let sshd: Sshd;
  beforeAll(async () => void (sshd = await startSshd()));
  afterAll(async () => sshd[Symbol.asyncDispose]());

  /** A connection through a proxy that tells which channels were opened, in order. */
  async function watched(
    port: number,
  ): Promise<{ connection: Connection; opened: (index: number) => Promise<Channel> }> {
    const connection = await connect(sshd.spec({ port, hostKeyAlias: `[127.0.0.1]:${sshd.port}` }));
    const channels = Array.from({ length: 6 }, () => Promise.withResolvers<Channel>());
    let count = 0;
    const open = (command: string) => {
      const channel = connection.open(command);
      channels[count++]!.resolve(channel);
      return channel;
    };
    const opened = (index: number) => channels[index]!.promise;
    // a channel that nobody asks for may fail
    channels.forEach(({ promise }) => void promise.catch(() => undefined));
    return { connection: { ...connection, close: () => connection.close(), open }, opened };
  }

  test('is taken while nothing at all passes between here and the host', async () => {
    await using proxy = await startProxy(sshd.port);
    const { connection, opened } = await watched(proxy.port);
    const spare = withSpare(connection, ECHO);
    const first = await spare.take();
    await opened(2);
    proxy.hold();
    const second = await spare.take();
    proxy.release();
    await Promise.all([ask(first, 'one'), ask(second, 'two')]);
    expect([await finish(first), await finish(second)]).toEqual(['got one\n', 'got two\n']);
    await connection.close();
  });

  test('runs a command in one round trip, though the next is opened behind it; a new channel takes three', async () => {
    await using proxy = await startProxy(sshd.port, 25);
    const { connection, opened } = await watched(proxy.port);
    const spare = withSpare(connection, ECHO);
    await opened(1);
    proxy.roundTrips();
    proxy.hold();
    const taken = await spare.take();
    taken.stdin.end('hello\n');
    proxy.release();
    await once(taken.stdout, 'readable');
    // the answer may come after the first answer to the opening behind it, which is at once followed up
    expect(proxy.roundTrips()).toBeLessThanOrEqual(2);
    await opened(2);
    await finish(taken);
    proxy.roundTrips();
    await ask(await connection.open(ECHO), 'hello');
    expect(proxy.roundTrips()).toBe(3);
    await connection.close();
  });

  test('has another behind it, for two requests at once', async () => {
    await using proxy = await startProxy(sshd.port);
    const { connection, opened } = await watched(proxy.port);
    const spare = withSpare(connection, ECHO);
    await opened(1);
    proxy.hold();
    const both = await Promise.all([spare.take(), spare.take()]);
    proxy.release();
    await Promise.all(both.map((channel) => ask(channel, 'hello')));
    expect(await Promise.all(both.map(finish))).toEqual(['got hello\n', 'got hello\n']);
    await connection.close();
  });

  test('that died while it waited is replaced by a fresh one', async () => {
    const { connection, opened } = await watched(sshd.port);
    const spare = withSpare(connection, ECHO);
    const waiting = await opened(0);
    await opened(1);
    for (const pid of await sshd.commandPids()) process.kill(pid, 'SIGKILL');
    await once(waiting.stdin, 'close');
    const taken = await spare.take();
    expect(taken).not.toBe(waiting);
    await ask(taken, 'again');
    expect(await finish(taken)).toBe('got again\n');
    await connection.close();
  });

  test('that cannot be opened is told to whoever takes it, and to nobody else', async () => {
    const connection = await connect(sshd.spec());
    const spare = withSpare(connection, ECHO);
    for (const pid of await sshd.connectionPids()) process.kill(pid, 'SIGKILL');
    await once(connection.lost, 'abort');
    await expect(spare.take()).rejects.toMatchObject({ code: 'SLIP_CONNECTION_LOST' });
    spare.close();
  });

  test('that nobody took is given up with the spare, and so is the one behind it', async () => {
    const { connection, opened } = await watched(sshd.port);
    const spare = withSpare(connection, ECHO);
    spare.close();
    for (const index of [0, 1]) expect(await (await opened(index)).ended).toMatchObject({ type: 'lost' });
    await connection.close();
  });
});

test.skipIf(skip !== undefined)('connecting takes seven round trips after that of TCP', async () => {
  await using sshd = await startSshd();
  await using proxy = await startProxy(sshd.port, 25);
  const connection = await connect(sshd.spec({ port: proxy.port, hostKeyAlias: `[127.0.0.1]:${sshd.port}` }));
  expect(proxy.roundTrips()).toBeLessThanOrEqual(7);
  await connection.close();
});
