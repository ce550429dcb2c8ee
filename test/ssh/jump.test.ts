import { createConnection } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RemoteError } from '../../src/base/errors.ts';
import { connect } from '../../src/ssh/connect.ts';
import type { HostSpec } from '../../src/ssh/spec.ts';
import type { Connection, TransportName } from '../../src/ssh/transport.ts';
import { waitFor } from '../hosts/process.ts';
import { rawServer } from './support/fake-server.ts';
import type { Listening } from './support/fake-server.ts';
import { skipReason, startSshd } from './support/sshd.ts';
import type { Sshd } from './support/sshd.ts';

const skip = await skipReason();
const transports: TransportName[] = ['ssh2', 'openssh'];

/** A port in front of a server that counts who comes. */
interface Counted extends Listening {
  came(): number;
}

async function counted(port: number): Promise<Counted> {
  let count = 0;
  const server = await rawServer((socket) => {
    count += 1;
    const upstream = createConnection({ port, host: '127.0.0.1' });
    upstream.on('error', () => socket.destroy()).on('close', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
    socket.pipe(upstream).pipe(socket);
  });
  return { ...server, came: () => count, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

async function output(connection: Connection, command: string): Promise<string> {
  const channel = await connection.open(command);
  channel.stdin.end();
  const [stdout] = await Promise.all([text(channel.stdout), channel.ended]);
  return stdout;
}

const refusal = (attempt: Promise<unknown>): Promise<RemoteError> =>
  attempt.then(
    () => expect.fail('connected'),
    (error: unknown) => error as RemoteError,
  );

describe.skipIf(skip !== undefined).each(transports)('a host behind another, over %s', (transport) => {
  let bastion: Sshd;
  let inner: Sshd;
  let target: Sshd;
  let front: Counted;

  beforeAll(async () => {
    [bastion, inner, target] = await Promise.all([startSshd(), startSshd(), startSshd()]);
    front = await counted(bastion.port);
  });
  afterAll(async () => {
    await front[Symbol.asyncDispose]();
    await Promise.all([bastion, inner, target].map((sshd) => sshd[Symbol.asyncDispose]()));
  });

  const throughFront = (changes: Partial<HostSpec> = {}) =>
    bastion.spec({ name: 'bastion', port: front.port, hostKeyAlias: `[127.0.0.1]:${bastion.port}`, ...changes });

  /** All who left have been noticed. */
  const nobodyAt = (sshd: Sshd) =>
    waitFor(async () => (await sshd.connectionPids()).length === 0, {
      within: 5000,
      what: 'The connection is still open.',
    });

  test('is reached through it, and three hosts share one connection to it', async () => {
    const before = front.came();
    const names = ['one', 'two', 'three'];
    const connections = await Promise.all(
      names.map((name) => connect(target.spec({ name, jumps: [throughFront()] }), { transport })),
    );
    const said = await Promise.all(connections.map((one, index) => output(one, `echo ${names[index]!}`)));
    expect(said).toEqual(['one\n', 'two\n', 'three\n']);
    expect(front.came() - before).toBe(1);
    await connections[0]!.close();
    await connections[1]!.close();
    expect(await output(connections[2]!, 'echo still')).toBe('still\n');
    await connections[2]!.close();
    await nobodyAt(bastion);
  });

  test('may be behind two of them', async () => {
    const before = front.came();
    const middle = inner.spec({ name: 'inner', jumps: [throughFront()] });
    const connection = await connect(target.spec({ jumps: [throughFront(), middle] }), { transport });
    // the way is the same, however the list was written
    const other = await connect(target.spec({ jumps: [throughFront(), inner.spec({ name: 'inner' })] }), { transport });
    expect(await output(connection, 'echo far; echo $SSH_CONNECTION | cut -d" " -f4')).toBe(`far\n${target.port}\n`);
    expect(await output(other, 'echo far')).toBe('far\n');
    expect(front.came() - before).toBe(1);
    await Promise.all([connection.close(), other.close()]);
    await nobodyAt(bastion);
    await nobodyAt(inner);
  });

  test('carries megabytes', async () => {
    const connection = await connect(target.spec({ jumps: [throughFront()] }), { transport });
    const channel = await connection.open('head -c 20000000 /dev/zero');
    channel.stdin.end();
    let received = 0;
    for await (const chunk of channel.stdout) received += (chunk as Buffer).length;
    await connection.close();
    expect(received).toBe(20_000_000);
  });

  test('is lost with it, and the next who asks gets a new connection', async () => {
    const spec = target.spec({ jumps: [throughFront()] });
    const connection = await connect(spec, { transport });
    const channel = await connection.open('exec cat');
    for (const pid of await bastion.connectionPids()) process.kill(pid, 'SIGKILL');
    const [, end] = await Promise.all([text(channel.stdout), channel.ended]);
    expect(end.type).toBe('lost');
    await waitFor(() => connection.lost.aborted, { within: 5000, what: 'The loss was not noticed.' });
    const again = await connect(spec, { transport });
    expect(await output(again, 'echo again')).toBe('again\n');
    await Promise.all([again.close(), connection.close()]);
    await nobodyAt(bastion);
  });

  test('is not reached when the host on the way does not know us, and the message names both', async () => {
    const stranger = throughFront({ identityFiles: [] });
    const refused = await refusal(connect(target.spec({ name: 'fra-1', jumps: [stranger] }), { transport }));
    expect(refused).toMatchObject({ exitCode: 3, host: 'fra-1' });
    expect(refused.message).toMatch(/^fra-1 .* is reached through another host\. .*bastion/);
    await nobodyAt(bastion);
  });

  test('is not trusted because the host on the way is', async () => {
    const unknown = target.spec({ jumps: [throughFront()], userKnownHostsFiles: bastion.spec().userKnownHostsFiles });
    const refused = await refusal(connect(unknown, { transport }));
    expect(refused.code).toBe(transport === 'ssh2' ? 'SLIP_HOST_KEY_UNKNOWN' : 'SLIP_OPENSSH');
    await nobodyAt(bastion);
  });

  test('where nothing listens is told so', async () => {
    const gone = await rawServer(() => undefined);
    await gone[Symbol.asyncDispose]();
    const refused = await refusal(connect(target.spec({ port: gone.port, jumps: [throughFront()] }), { transport }));
    expect(refused.exitCode).toBe(3);
    expect(['SLIP_JUMP_REFUSED', 'SLIP_OPENSSH']).toContain(refused.code);
    await nobodyAt(bastion);
  });

  test('does not outlive whoever asked for it', async () => {
    const stop = new AbortController();
    const attempt = refusal(connect(target.spec({ jumps: [throughFront()] }), { transport, signal: stop.signal }));
    stop.abort(new Error('stop'));
    expect(await attempt).toMatchObject({ message: 'stop' });
    await nobodyAt(bastion);
  });
});

describe.skipIf(skip !== undefined)('a host on the way', () => {
  test('may be one that only OpenSSH can connect to', async () => {
    await using bastion = await startSshd();
    await using target = await startSshd();
    const hop = bastion.spec({ name: 'bastion', needsOpenSsh: ['GSSAPIAuthentication yes'] });
    const connection = await connect(target.spec({ jumps: [hop] }), { transport: 'ssh2' });
    expect(await output(connection, 'echo mixed')).toBe('mixed\n');
    await connection.close();
  });

  test('that forwards nothing is named, with the setting to look at', async () => {
    await using bastion = await startSshd({ config: ['AllowTcpForwarding no'] });
    await using target = await startSshd();
    const refused = await refusal(connect(target.spec({ jumps: [bastion.spec({ name: 'bastion' })] })));
    expect(refused).toMatchObject({ code: 'SLIP_JUMP_REFUSED', host: 'bastion' });
    expect(refused.mend).toContain('AllowTcpForwarding');
  });
});
