import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConnectionLostError } from '../../src/base/errors.ts';
import { connect as connectBy } from '../../src/ssh/connect.ts';
import type { ConnectOptions } from '../../src/ssh/connect.ts';
import type { HostSpec } from '../../src/ssh/spec.ts';
import type { Channel, Connection, TransportName } from '../../src/ssh/transport.ts';
import { skipReason, startSshd } from './support/sshd.ts';
import type { Sshd } from './support/sshd.ts';

const skip = await skipReason();
const transports: TransportName[] = ['ssh2', 'openssh'];

const silent = { ssh2: 'no sign of life for 0.1s', openssh: 'Timeout, server 127.0.0.1 not responding.' };

/** Runs a command to its end, its input empty. */
async function run(connection: Connection, command: string) {
  const channel = await connection.open(command);
  channel.stdin.end();
  return finish(channel);
}

async function finish(channel: Channel) {
  const [stdout, stderr, end] = await Promise.all([text(channel.stdout), text(channel.stderr), channel.ended]);
  return { stdout, stderr, end };
}

describe.skipIf(skip !== undefined).each(transports)('a connection over %s to a real sshd', (transport) => {
  const connect = (spec: HostSpec, options?: ConnectOptions) => connectBy(spec, { ...options, transport });
  let sshd: Sshd;
  let connection: Connection;

  beforeAll(async () => {
    sshd = await startSshd();
    connection = await connect(sshd.spec());
  });
  afterAll(async () => {
    await connection.close();
    await sshd[Symbol.asyncDispose]();
  });

  test('a command gives its output, its errors and its exit status', async () => {
    const result = await run(connection, 'echo out; echo err >&2; exit 7');
    expect(result).toEqual({ stdout: 'out\n', stderr: 'err\n', end: { type: 'exit', status: 7 } });
  });

  test('a command that ends at once loses none of its output', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, (_, i) => run(connection, `echo ${i}`)));
    expect(results.map(({ stdout }) => stdout)).toEqual(Array.from({ length: 20 }, (_, i) => `${i}\n`));
  });

  test('a command that dies of a signal is told by that signal', async () => {
    expect((await run(connection, 'kill -KILL $$')).end).toEqual({ type: 'signal', signal: 'SIGKILL' });
  });

  test.each([0, 1, 2, 126, 127, 128, 200, 254, 255])('a command that exits with %i is told so', async (status) => {
    expect((await run(connection, `echo out; exit ${status}`)).end).toEqual({ type: 'exit', status });
  });

  test.each(['HUP', 'ABRT', 'SEGV', 'PIPE', 'TERM'])('so is one that dies of SIG%s', async (signal) => {
    expect(await run(connection, `kill -s ${signal} $$`)).toEqual({
      ...{ stdout: '', stderr: '' },
      end: { type: 'signal', signal: `SIG${signal}` },
    });
  });

  test('a command of several lines, quotes and backslashes arrives as it is', async () => {
    const command = `printf '%s|' 'a\\b' "it's" '!x' "\\$HOME"\nprintf '%s' "two  spaces" '*'\n`;
    expect((await run(connection, command)).stdout).toBe(`a\\b|it's|!x|$HOME|two  spaces*`);
  });

  test('errors that nobody reads do not stall the command, and the last of them can still be had', async () => {
    const channel = await connection.open(
      'head -c 5000000 /dev/zero | tr "\\0" x >&2; echo last >&2; echo out; exit 6',
    );
    channel.stdin.end();
    expect([await text(channel.stdout), await channel.ended]).toEqual(['out\n', { type: 'exit', status: 6 }]);
    const kept = await text(channel.stderr);
    expect(kept).toMatch(/^x+last\n$/);
    expect(kept.length).toBeLessThan(200_000);
  });

  test('forty megabytes go up and come down', async () => {
    const up = await connection.open('wc -c');
    const sent = pipeline(createReadStream('/dev/zero', { end: 40_000_000 - 1 }), up.stdin);
    const [counted] = await Promise.all([finish(up), sent]);
    expect(Number(counted.stdout)).toBe(40_000_000);
    const down = await connection.open('head -c 40000000 /dev/zero');
    down.stdin.end();
    let received = 0;
    for await (const chunk of down.stdout) received += (chunk as Buffer).length;
    expect([received, await down.ended]).toEqual([40_000_000, { type: 'exit', status: 0 }]);
  });

  test('input that is destroyed half-way is not taken for all there was', async () => {
    const channel = await connection.open('cat; echo end');
    channel.stdin.write('half');
    const came = new Promise((resolve) => channel.stdout.once('data', resolve));
    await came;
    channel.stdin.destroy();
    const more = new Promise((resolve) => channel.stdout.once('data', resolve));
    expect(await Promise.race([more, run(connection, 'echo other').then(() => 'nothing')])).toBe('nothing');
    channel.close();
  });

  test('text in pieces is put together by whoever decodes the stream', async () => {
    const { stdout } = await run(connection, "printf '\\303'; sleep 0.05; printf '\\244'");
    expect(stdout).toBe('ä');
  });

  test('megabytes of input arrive whole, and so do megabytes of both outputs', async () => {
    const bytes = randomBytes(5 << 20);
    const file = join(sshd.folder, 'payload');
    await writeFile(file, bytes);
    const channel = await connection.open('tee /dev/stderr');
    const sent = pipeline(createReadStream(file), channel.stdin);
    const [out, err, end] = await Promise.all([buffer(channel.stdout), buffer(channel.stderr), channel.ended, sent]);
    const hash = (some: Buffer) => createHash('sha256').update(some).digest('hex');
    expect([hash(out), hash(err), end]).toEqual([hash(bytes), hash(bytes), { type: 'exit', status: 0 }]);
  });

  test('a command that ends while it is written to breaks the writing, and its exit status is told', async () => {
    const channel = await connection.open('head -c 1 >/dev/null; echo enough >&2; exit 3');
    const sending = pipeline(createReadStream('/dev/zero'), channel.stdin);
    await expect(sending).rejects.toThrow();
    expect(await finish(channel)).toEqual({ stdout: '', stderr: 'enough\n', end: { type: 'exit', status: 3 } });
  });

  // "session signalling requires privilege separation", which sshd gives up for root: there nothing is promised
  if (process.getuid?.() !== 0 || transport === 'openssh') {
    test('a signal reaches a command whose input is open', async () => {
      const channel = await connection.open(
        'trap "echo bye; exit 5" TERM; echo up; for i in $(seq 600); do sleep 0.05; done',
      );
      await new Promise((resolve) => channel.stdout.once('readable', resolve));
      channel.signal('TERM');
      const { stdout, end } = await finish(channel);
      expect([stdout, end]).toEqual(['up\nbye\n', { type: 'exit', status: 5 }]);
    });
  }

  test('listeners run outside of the SSH library, where an exception of theirs could end the connection', async () => {
    const channel = await connection.open('echo hello');
    const stack = await new Promise<string>((resolve) => {
      channel.stdout.on('data', () => resolve(new Error('here').stack!));
    });
    channel.stderr.resume();
    await channel.ended;
    expect(stack).not.toMatch(/node_modules.ssh2/);
  });

  test('a channel that is given up is lost at once, though its command goes on', async () => {
    const channel = await connection.open('echo up; exec sleep 3');
    await new Promise((resolve) => channel.stdout.once('readable', resolve));
    channel.close();
    expect(await finish(channel)).toEqual({
      stdout: 'up\n',
      stderr: '',
      end: { type: 'lost', reason: 'it was given up' },
    });
  });

  test('a reader that leaves early does not stall the channel', async () => {
    const channel = await connection.open('head -c 9000000 /dev/zero; exit 4');
    channel.stdout.once('data', () => channel.stdout.destroy());
    channel.stderr.resume();
    expect(await channel.ended).toEqual({ type: 'exit', status: 4 });
  });

  test('thirty commands at once share eight places, and all of them run', async () => {
    const results = await Promise.all(Array.from({ length: 30 }, () => run(connection, 'sleep 0.02; exit 9')));
    expect(results.every(({ end }) => end.type === 'exit' && end.status === 9)).toBe(true);
  });

  test('a command too long for the host is refused here, where it would take the connection down there', async () => {
    await expect(connection.open(`: ${'x'.repeat(140_000)}`)).rejects.toMatchObject({ code: 'SLIP_BUG' });
    expect((await run(connection, 'exit 0')).end).toEqual({ type: 'exit', status: 0 });
  });
});

describe.skipIf(skip !== undefined).each(transports)('the end of a connection over %s', (transport) => {
  const connect = (spec: HostSpec, options?: ConnectOptions) => connectBy(spec, { ...options, transport });
  let sshd: Sshd;
  beforeAll(async () => void (sshd = await startSshd({ config: ['MaxSessions 2'] })));
  afterAll(async () => sshd[Symbol.asyncDispose]());

  test('kill -9 of the sshd process that serves it is lost, and never a success', async () => {
    const connection = await connect(sshd.spec());
    const channel = await connection.open('echo up; exec cat');
    await new Promise((resolve) => channel.stdout.once('readable', resolve));
    for (const pid of await sshd.connectionPids()) process.kill(pid, 'SIGKILL');
    const { stdout, end } = await finish(channel);
    expect([stdout, end.type]).toEqual(['up\n', 'lost']);
    expect(connection.lost.aborted).toBe(true);
    expect(connection.lost.reason).toBeInstanceOf(ConnectionLostError);
    await expect(connection.open('true')).rejects.toMatchObject({ code: 'SLIP_CONNECTION_LOST', host: 'test-1' });
    await connection.close();
  });

  test('a connection that is cut while channels are being opened rejects each of them', async () => {
    const connection = await connect(sshd.spec());
    const opened = Promise.allSettled(Array.from({ length: 12 }, () => connection.open('exec cat')));
    for (const pid of await sshd.connectionPids()) process.kill(pid, 'SIGKILL');
    const rejected = (await opened).flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
    expect(rejected.length).toBeGreaterThan(0);
    for (const reason of rejected) expect(reason).toBeInstanceOf(ConnectionLostError);
  });

  test('closing it is no loss, though commands that were running are', async () => {
    const connection = await connect(sshd.spec());
    const channel = await connection.open('exec cat');
    await Promise.all([connection.close(), connection.close()]);
    expect((await finish(channel)).end.type).toBe('lost');
    expect(connection.lost.aborted).toBe(false);
    await expect(connection.open('true')).rejects.toMatchObject({ code: 'SLIP_CONNECTION_LOST' });
  });

  test('a host that allows fewer sessions gets the commands one after the other', async () => {
    const connection = await connect(sshd.spec());
    const results = await Promise.all(Array.from({ length: 6 }, () => run(connection, 'sleep 0.02; exit 6')));
    await connection.close();
    expect(results.map(({ end }) => end)).toEqual(Array(6).fill({ type: 'exit', status: 6 }));
  });

  test('a host that goes on refusing channels is reported with the setting that limits them', async () => {
    const connection = await connect(sshd.spec(), { timing: { channelMs: 200 } });
    const busy = await Promise.all([connection.open('exec cat'), connection.open('exec cat')]);
    const refused = connection.open('true');
    await expect(refused).rejects.toMatchObject({ code: 'SLIP_CHANNEL_REFUSED', exitCode: 3 });
    await expect(refused).rejects.toThrow(/test-1/);
    for (const channel of busy) channel.close();
    await connection.close();
  });

  test('a host that falls silent is given up after the time allowed', async () => {
    const connection = await connect(sshd.spec(), { timing: { pingMs: 40, deadMs: 160 } });
    const channel = await connection.open('exec cat');
    const pids = await sshd.connectionPids();
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    expect((await finish(channel)).end).toMatchObject({ type: 'lost', reason: silent[transport] });
    for (const pid of pids) process.kill(pid, 'SIGKILL');
  });

  test('a quiet host that answers pings is kept', async () => {
    const connection = await connect(sshd.spec(), { timing: { pingMs: 100, deadMs: 1500 } });
    const { stdout } = await run(connection, 'sleep 2; echo there');
    await connection.close();
    expect(stdout).toBe('there\n');
  });
});

describe.skipIf(skip !== undefined).each(transports)('a host with habits of its own, over %s', (transport) => {
  test('may run another command in the place of ours: its output and its end are told', async () => {
    await using sshd = await startSshd({
      config: ['ForceCommand echo forced; echo "$SSH_ORIGINAL_COMMAND" >&2; exit 4'],
    });
    const connection = await connectBy(sshd.spec(), { transport });
    const { stdout, stderr, end } = await run(connection, 'echo ours');
    await connection.close();
    expect([stdout, end]).toEqual(['forced\n', { type: 'exit', status: 4 }]);
    expect(stderr).toContain('echo ours');
  });

  test('may let a script of its own decide, which then runs ours', async () => {
    await using sshd = await startSshd({ config: ['ForceCommand echo "by your leave"; eval "$SSH_ORIGINAL_COMMAND"'] });
    const connection = await connectBy(sshd.spec(), { transport });
    const { stdout, end } = await run(connection, 'echo ours; exit 255');
    await connection.close();
    expect([stdout, end]).toEqual(['by your leave\nours\n', { type: 'exit', status: 255 }]);
  });

  test('may greet with a banner, which is no part of any output', async () => {
    await using sshd = await startSshd({ config: ['Banner /etc/hosts'] });
    const connection = await connectBy(sshd.spec(), { transport });
    const result = await run(connection, 'echo out');
    await connection.close();
    expect(result).toEqual({ stdout: 'out\n', stderr: '', end: { type: 'exit', status: 0 } });
  });
});
