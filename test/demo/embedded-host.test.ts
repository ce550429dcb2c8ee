import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, symlinkSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from 'ssh2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EmbeddedHost, startEmbeddedHost } from '../../src/demo/embedded/host.ts';
import { makeKeyPair } from '../../src/demo/embedded/keys.ts';
import { isAlive, logIn, open, outcome, run, until } from './embedded-client.ts';

let host: EmbeddedHost;
let client: Client;

beforeEach(async () => {
  host = await startEmbeddedHost({ name: 'fra-1' });
  client = await logIn(host);
});

afterEach(async () => {
  client.end();
  await host.close();
});

describe('a command on an embedded host', () => {
  it('runs under sh in the home folder and its status is told', async () => {
    const ended = await run(client, 'pwd; echo "$HOME $USER"; echo oops >&2; exit 7');
    expect(ended).toEqual({
      status: 7,
      signal: undefined,
      stdout: `${host.home}\n${host.home} deploy\n`,
      stderr: 'oops\n',
    });
  });

  it('that a signal ends is told as ended by that signal', async () => {
    expect(await run(client, 'kill -TERM $$')).toMatchObject({ status: undefined, signal: 'SIGTERM' });
    expect(await run(client, 'kill -BUS $$')).toMatchObject({ status: 135, signal: undefined });
  });

  it('leads a session of its own and gets signals together with its children', async () => {
    const channel = await open(client, 'echo $$; sleep 1000 & echo $!; wait');
    const ended = outcome(channel);
    const pids = await twoPids(channel);
    channel.signal('TERM');
    expect((await ended).signal).toBe('SIGTERM');
    await until(() => !pids.some(isAlive), 'both have ended');
  });

  it('reads its input until the end, however much it is', async () => {
    const input = Buffer.alloc(20_000_000, 'slipway ');
    const channel = await open(client, 'sha256sum');
    const ended = outcome(channel);
    channel.end(input);
    expect(await ended).toMatchObject({ status: 0, stdout: `${sha256(input)}  -\n` });
  });

  it('that reads nothing lets the client send to the end all the same', async () => {
    const channel = await open(client, 'true');
    const ended = outcome(channel);
    channel.end(Buffer.alloc(8_000_000));
    expect(await ended).toMatchObject({ status: 0 });
  });

  it('is held back while the client does not read', async () => {
    const channel = await open(client, 'dd if=/dev/zero bs=65536 count=400 2>/dev/null; touch done');
    // A whole round trip on the same connection, after which dd has had its turn.
    await run(client, 'seq 100000 | sha256sum');
    expect(existsSync(join(host.home, 'done'))).toBe(false);
    expect((await outcome(channel)).stdout).toHaveLength(400 * 65536);
    expect(existsSync(join(host.home, 'done'))).toBe(true);
  });

  it('has both its outputs carried whole and apart when they wait for a slow reader by turns', async () => {
    const channel = await open(client, 'for i in 1 2 3; do seq $i 400000; seq $i 400000 >&2; done');
    const ended = outcome(channel);
    for (const output of [channel, channel.stderr]) {
      output.on('data', () => {
        output.pause();
        setTimeout(() => output.resume(), 5);
      });
    }
    const lines = Array.from({ length: 400_000 }, (_, i) => `${i + 1}\n`);
    const expected = sha256([0, 1, 2].flatMap((i) => lines.slice(i)).join(''));
    const { stdout, stderr } = await ended;
    expect([sha256(stdout), sha256(stderr)]).toEqual([expected, expected]);
  });

  it('that cannot be started is answered as by sshd', async () => {
    rmSync(host.home, { recursive: true });
    const ended = await run(client, 'true');
    expect(ended).toMatchObject({ status: 1 });
    expect(ended.stderr).toMatch('ENOENT');
  });

  it('runs beside nine others on one connection, and not beside ten', async () => {
    const channels = await Promise.all(Array.from({ length: 10 }, () => open(client, 'cat')));
    await expect(open(client, 'true')).rejects.toThrow('Channel open failure');
    for (const [i, channel] of channels.entries()) channel.end(`${i}`);
    const outputs = await Promise.all(channels.map(outcome));
    expect(outputs.map(({ stdout }) => stdout)).toEqual(channels.map((_, i) => `${i}`));
    expect(await run(client, 'true')).toMatchObject({ status: 0 });
  });

  it('keeps its channel open as long as something holds its output, like under sshd', async () => {
    const channel = await open(client, 'mkfifo gate; { read word < gate; echo "$word"; } & echo started');
    const ended = outcome(channel);
    await once(channel, 'exit');
    await run(client, 'echo late > gate');
    expect(await ended).toMatchObject({ status: 0, stdout: 'started\nlate\n' });
  });

  it('does not see the service manager and the root rights of the machine', async () => {
    const hidden = ['systemctl', 'systemd-run', 'journalctl', 'loginctl', 'sudo', 'su', 'docker'];
    expect((await run(client, hidden.map((name) => `command -v ${name}`).join('; '))).stdout).toBe('');
  });

  it('finds the Node that runs the host', async () => {
    expect((await run(client, 'node --version')).stdout).toBe(`${process.version}\n`);
  });
});

describe('when the connection is cut', () => {
  it('a command runs on, reads end-of-file, and dies of SIGPIPE when it writes', async () => {
    const channel = await open(client, 'echo $$; read line; : > eof; echo more; : > survived');
    const pid = await firstPid(channel);
    const closed = once(client, 'close');
    host.cut();
    await closed;
    await until(() => !isAlive(pid), 'the command has ended');
    expect(existsSync(join(host.home, 'eof'))).toBe(true);
    expect(existsSync(join(host.home, 'survived'))).toBe(false);
  });

  it('a command whose output is on a file finishes its work', async () => {
    const channel = await open(client, 'mkfifo gate; echo $$; read go < gate; echo finished > result');
    await firstPid(channel);
    host.cut();
    const again = await logIn(host);
    await run(again, 'echo go > gate');
    await until(() => existsSync(join(host.home, 'result')), 'the work is done');
    again.end();
  });

  it('new connections are welcome', async () => {
    host.cut();
    const again = await logIn(host);
    expect(await run(again, 'true')).toMatchObject({ status: 0 });
    expect(host.seen.connections).toBe(2);
    again.end();
  });
});

describe('the switches for tests', () => {
  it('refuseChannels refuses so many channels and then no more', async () => {
    host.refuseChannels(2);
    await expect(open(client, 'true')).rejects.toThrow('Channel open failure');
    await expect(open(client, 'true')).rejects.toThrow('Channel open failure');
    expect(await run(client, 'true')).toMatchObject({ status: 0 });
    expect(host.seen.commands).toEqual(['true']);
  });

  it('stall lets nothing through and closes nothing, and flow delivers what was held', async () => {
    const channel = await open(client, 'echo $$; cat');
    await firstPid(channel);
    host.stall();
    let arrived = '';
    channel.on('data', (piece: Buffer) => (arrived += piece.toString()));
    channel.end('held back');
    const early = await Promise.race([outcome(channel), pause(200)]);
    expect([early, arrived]).toEqual(['nothing', '']);
    host.flow();
    await until(() => arrived === 'held back', 'the echo has come');
  });

  it('delayMs makes every answer take a round trip and keeps the order of bytes', async () => {
    const far = await startEmbeddedHost({ name: 'far', delayMs: 50 });
    const connection = await logIn(far);
    const started = performance.now();
    expect((await run(connection, 'seq 100000')).stdout).toMatch(/\n99999\n100000\n$/);
    expect(performance.now() - started).toBeGreaterThan(200);
    connection.end();
    await far.close();
  });
});

describe('an embedded host lets in', () => {
  it('nobody with another key, another user or a password', async () => {
    const stranger = makeKeyPair('stranger').privateKey;
    await expect(logIn(host, { privateKey: stranger })).rejects.toThrow('authentication methods failed');
    await expect(logIn(host, { username: 'root' })).rejects.toThrow('authentication methods failed');
    const byPassword = { password: 'deploy', authHandler: ['none', 'password'] as const };
    await expect(logIn(host, { ...byPassword, authHandler: [...byPassword.authHandler] })).rejects.toThrow(
      'authentication methods failed',
    );
  });

  it('commands only: no terminal, no shell, no files, no forwarding', async () => {
    const asks: ((done: (error: Error | undefined) => void) => void)[] = [
      (done) => client.exec('true', { pty: true }, done),
      (done) => client.shell(false, done),
      (done) => client.sftp(done),
      (done) => client.forwardOut('127.0.0.1', 1, '127.0.0.1', host.port, done),
      (done) => client.forwardIn('127.0.0.1', 0, done),
    ];
    for (const ask of asks) {
      expect(await new Promise((resolve) => ask(resolve))).toBeInstanceOf(Error);
    }
  });

  it('no name that could break its ssh_config', async () => {
    await expect(startEmbeddedHost({ name: 'a\n  ProxyCommand rm' })).rejects.toThrow('cannot be the name');
  });
});

describe('close', () => {
  it('ends what was started detached, however stubborn, and removes the folder', async () => {
    const script = `setsid sh -c 'trap "" TERM HUP; echo $$ > pid; while :; do sleep 1000; done' >/dev/null 2>&1 </dev/null &`;
    await run(client, script);
    await until(() => existsSync(join(host.home, 'pid')), 'it runs');
    const pid = Number(readFileSync(join(host.home, 'pid'), 'utf8'));
    await run(client, 'mkdir sealed && touch sealed/file && chmod 500 sealed');
    await Promise.all([host.close(), host.close()]);
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(join(host.home, '..'))).toBe(false);
  });

  it('lets a service finish on TERM before anything is removed', async () => {
    const notes = mkdtempSync(join(tmpdir(), 'slipway-notes-'));
    symlinkSync(notes, join(host.home, 'notes'));
    const service = `trap 'test -d "$HOME" && echo orderly > notes/end; exit' TERM; echo $$ > notes/pid; while :; do sleep 0.05; done`;
    await run(client, `(${service}) > log 2>&1 < /dev/null &`);
    await until(() => existsSync(join(notes, 'pid')), 'it runs');
    await host.close();
    expect(readFileSync(join(notes, 'end'), 'utf8')).toBe('orderly\n');
    rmSync(notes, { recursive: true });
  });
});

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function pause(ms: number): Promise<'nothing'> {
  return new Promise((resolve) => setTimeout(() => resolve('nothing'), ms));
}

type Talking = Awaited<ReturnType<typeof open>>;

async function firstPid(channel: Talking): Promise<number> {
  return new Promise((resolve) => channel.once('data', (piece: Buffer) => resolve(Number(piece.toString()))));
}

async function twoPids(channel: Talking): Promise<number[]> {
  let text = '';
  channel.on('data', (piece: Buffer) => (text += piece.toString()));
  await until(() => text.split('\n').length > 2, 'both pids were told');
  return text.trim().split('\n').map(Number);
}
