import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { startCall } from '../../src/host/call.ts';
import { createNonce, requestLine, requestText, serveCommand } from '../../src/host/request.ts';
import { receiveRequest } from '../../src/host/requests.ts';
import type { Channel } from '../../src/ssh/transport.ts';
import { childrenOf, killIfThere } from '../hosts/process.ts';
import type { LocalHost } from '../support/local-host.ts';
import { hostMaker, SHELLS } from './shells.ts';
import { begin, build, type Built, ONE, sendOptions } from './stage.ts';
import { until } from './until.ts';

/** stdin of a shell carries requests, which are evaluated, and what files hold, which must never be. */
const makeHost = hostMaker();

const trap = (host: LocalHost) => join(dirname(host.deployTo), 'evaluated');

/** Lines that would leave a mark if anything of them were evaluated, whatever stands before them. */
function hostileLines(host: LocalHost, ...keys: readonly string[]): string {
  const touch = `touch ${trap(host)}`;
  const starts = ['x y ', 'x ', '', '@ ', ' ', '\t', '\0', '\\', "'", '$(', '`', '; ', '\r', '((', 'x[$(', ...keys];
  return starts.map((start) => `\n${start}${touch}\n${start}${touch};)\n`).join('');
}

interface Raw {
  readonly channel: Channel;
  /** The key of its lines. */
  readonly nonce: string;
  readonly output: () => string;
  /** Sends a request; returns its nonce. */
  request(text: (nonce: string) => string): string;
}

/** A shell that waits for requests, to be written to as no client would. */
async function rawShell(host: LocalHost): Promise<Raw> {
  const nonce = createNonce();
  const channel = await host.context.open(serveCommand(host.context, nonce));
  let output = '';
  channel.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('latin1')));
  channel.stderr.resume();
  channel.stdin.on('error', () => undefined);
  await until(() => output.includes(`@${nonce} ready`));
  const request = (text: (nonce: string) => string) => {
    const own = createNonce();
    channel.stdin.write(requestLine(nonce, { nonce: own, text: text(own) }));
    return own;
  };
  return { channel, nonce, output: () => output, request };
}

/** A release whose files are full of hostile lines, packed so that they are on the wire as they are. */
async function hostileRelease(host: LocalHost): Promise<Built> {
  return build(host, { evil: hostileLines(host).repeat(200), [`\ntouch evaluated`]: 'x' });
}

async function bytesOf(host: LocalHost, built: Built, release = ONE) {
  const options = await sendOptions(host, built, { release });
  const bytes = gzipSync(gunzipSync(await buffer(options.payload())), { level: 0 });
  return { options, bytes };
}

/** What is wrong with a payload or its request. */
interface Wrong {
  readonly cut?: number;
  readonly extra?: number;
  readonly damage?: number;
  readonly rollout?: string;
  readonly verb?: string;
}

describe.each(SHELLS)('under %s', (shell) => {
  test('a line with the key of the shell is evaluated, and none without', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    const raw = await rawShell(host);
    raw.request(() => `touch ${trap(host)}-by-key`);
    await until(() => existsSync(`${trap(host)}-by-key`));
    raw.channel.stdin.write(`${createNonce()} ${createNonce()} touch ${trap(host)}\n`);
    expect(await raw.channel.ended).toEqual({ type: 'exit', status: 65 });
    expect(existsSync(trap(host))).toBe(false);
  });

  test('neither the nonce of a request nor a part of the key is one', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    const keys = ({ nonce }: Raw, spent: string) => [
      spent,
      nonce.slice(1),
      nonce.slice(0, -1),
      `${nonce}x`,
      `${nonce}\t`,
      ` ${nonce}x`,
      '*',
      '?'.repeat(12),
    ];
    for (let at = 0; at < 8; at += 1) {
      const raw = await rawShell(host);
      const spent = raw.request((nonce) => requestText({ verb: 'history', variables: { count: 1 } }, nonce));
      await until(() => raw.output().includes(`@${spent}\tend\t0`));
      raw.channel.stdin.write(`${keys(raw, spent)[at]!} ${spent} touch ${trap(host)}\n`);
      raw.channel.stdin.end(hostileLines(host, spent, `${spent} ${spent} `));
      expect(await raw.channel.ended).toEqual({ type: 'exit', status: 65 });
      expect(existsSync(trap(host))).toBe(false);
    }
  });

  test('what follows a payload that was received whole is not evaluated', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    await using built = await hostileRelease(host);
    const { options, bytes } = await bytesOf(host, built);
    const raw = await rawShell(host);
    const nonce = raw.request((own) => requestText(receiveRequest({ ...options, bytes: bytes.length }), own));
    raw.channel.stdin.end(Buffer.concat([bytes, Buffer.from(hostileLines(host, nonce).repeat(2000))]));
    await raw.channel.ended;
    expect(raw.output()).toContain(`@${nonce}\tend\t0`);
    expect(existsSync(trap(host))).toBe(false);
    expect(await readFile(join(host.deployTo, 'releases', ONE, 'evil'), 'latin1')).toContain('touch');
  });

  test.each<[string, Wrong]>([
    ['ends too early', { cut: 1000 }],
    ['is longer than was said', { extra: 1000 }],
    ['is no gzip', { damage: 0 }],
    ['is damaged in the middle', { damage: 5000 }],
    ['is for a verb that is refused', { rollout: 'other' }],
    ['is for a verb that is not there', { verb: 'none' }],
    ['is for a verb that does not read it', { verb: 'unlock' }],
  ])('a payload that %s is not evaluated, and nothing is published', async (_what, wrong) => {
    const { cut = 0, extra = 0, damage, rollout = 'r1', verb = 'receive' } = wrong;
    await using host = await makeHost(shell);
    await begin(host);
    await using built = await hostileRelease(host);
    const { options, bytes } = await bytesOf(host, built);
    if (damage !== undefined) bytes[damage]! ^= 0xff;
    const raw = await rawShell(host);
    const request = receiveRequest({ ...options, rollout, bytes: bytes.length - extra });
    const variables = { ...request.variables, any: 'no', history: '' };
    const nonce = raw.request((own) => requestText({ ...request, variables, verb }, own));
    raw.channel.stdin.write(bytes.subarray(0, bytes.length - cut));
    raw.channel.stdin.end(hostileLines(host, nonce));
    await raw.channel.ended;
    expect(existsSync(trap(host))).toBe(false);
    expect(await readdir(join(host.deployTo, 'releases'))).toEqual([]);
  });

  test.each(['head', 'gzip', 'tar', 'the verb', 'all of them'])(
    'when %s is killed in the middle of a payload, the rest is not evaluated, and nothing is published',
    async (who) => {
      await using host = await makeHost(shell);
      await begin(host);
      await using built = await hostileRelease(host);
      const { options, bytes } = await bytesOf(host, built);
      const raw = await rawShell(host);
      const nonce = raw.request((own) => requestText(receiveRequest({ ...options, bytes: bytes.length }), own));
      raw.channel.stdin.write(bytes.subarray(0, 30_000));
      const at = await until(() => receiving(raw.nonce));
      const victims = who === 'the verb' ? [at.verb] : who === 'all of them' ? Object.values(at) : [at[who as 'tar']];
      for (const pid of victims) killIfThere(pid);
      raw.channel.stdin.write(bytes.subarray(30_000));
      raw.channel.stdin.end(hostileLines(host, nonce).repeat(1000));
      await raw.channel.ended;
      expect(existsSync(trap(host))).toBe(false);
      expect(raw.output()).not.toContain(`@${nonce}\tend\t0`);
      expect(await readdir(join(host.deployTo, 'releases'))).toEqual([]);
      await host.client.receive(options);
      expect(await readdir(join(host.deployTo, 'releases'))).toEqual([ONE]);
    },
  );
});

/** The processes that take a payload in, below the shell with this nonce. */
function receiving(nonce: string) {
  const args = (pid: number) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
    } catch {
      return [];
    }
  };
  const below = (pid: number): number[] => childrenOf(pid).flatMap((child) => [child, ...below(child)]);
  const ours = readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .map(Number)
    .filter((pid) => args(pid).includes(nonce));
  const shell = ours.find((pid) => ours.some((other) => childrenOf(pid).includes(other)));
  if (shell === undefined) return undefined;
  const find = (tool: string) => below(shell).find((pid) => args(pid)[0]?.split('/').at(-1) === tool);
  const [head, gzip, tar] = [find('head'), find('gzip'), find('tar')];
  const verb = childrenOf(shell)[0];
  return head && gzip && tar && verb ? { head, gzip, tar, verb } : undefined;
}

describe.each(SHELLS)('a client of a host under %s', (shell) => {
  test.each([-1, 1])('breaks an upload off whose length has changed by %d, and goes on', async (by) => {
    await using host = await makeHost(shell);
    await begin(host);
    await using built = await hostileRelease(host);
    const { options, bytes } = await bytesOf(host, built);
    const payload = () => Readable.from([bytes.subarray(0, 70_000), bytes.subarray(70_000)]);
    const sending = host.client.receive({ ...options, payload, bytes: bytes.length + by });
    await expect(sending).rejects.toThrow(/^A payload of \d+ bytes has changed its length/);
    await host.client.receive(options);
    expect(existsSync(trap(host))).toBe(false);
  });

  test('gives an upload up in the middle when it is stopped, and goes on', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    await using built = await hostileRelease(host);
    const { options, bytes } = await bytesOf(host, built);
    const stop = new AbortController();
    const payload = () =>
      Readable.from(
        (async function* () {
          yield bytes.subarray(0, 70_000);
          await until(() => readdirSync(join(host.deployTo, '.slipway/incoming')).length > 0);
          stop.abort();
          yield bytes.subarray(70_000);
        })(),
      );
    const sending = host.client.receive({ ...options, payload, bytes: bytes.length, signal: stop.signal });
    await expect(sending).rejects.toMatchObject({ name: 'Cancelled' });
    expect(await readdir(join(host.deployTo, 'releases'))).toEqual([]);
    await host.client.receive(options);
    expect(existsSync(trap(host))).toBe(false);
  });

  test('sends nothing behind a payload: what reads that may read on', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    await using built = await hostileRelease(host);
    const { options, bytes } = await bytesOf(host, built);
    const payload = { bytes: bytes.length, open: () => Readable.from([bytes]) };
    const request = receiveRequest({ ...options, bytes: bytes.length });
    const first = await startCall(host.context, request, { payload });
    const second = await startCall(host.context, { verb: 'history', variables: { count: 1 } }, { behind: first });
    expect(second.shell).not.toBe(first.shell);
    await Promise.all([first.done, second.done]);
    expect(first.shell.isIdle).toBe(true);
  });
});

test('the head of busybox reads more than it was asked for', async () => {
  await using host = await makeHost('busybox');
  await begin(host);
  await using built = await hostileRelease(host);
  const { options, bytes } = await bytesOf(host, built);
  const raw = await rawShell(host);
  raw.request((own) => requestText(receiveRequest({ ...options, bytes: bytes.length }), own));
  const behind = requestLine(raw.nonce, { nonce: 'behind', text: `touch ${trap(host)}` });
  raw.channel.stdin.end(Buffer.concat([bytes, Buffer.from(behind)]));
  await raw.channel.ended;
  expect(raw.output()).not.toContain('@behind');
});
