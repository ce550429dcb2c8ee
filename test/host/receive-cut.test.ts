import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { createHostClient } from '../../src/host/client.ts';
import type { Arrived } from '../../src/host/receiving.ts';
import type { Channel } from '../../src/ssh/transport.ts';
import type { LocalHost } from '../support/local-host.ts';
import { hostMaker, SHELLS } from './shells.ts';
import { begin, build, type Built, ONE, send, sendOptions, TWO, uploadOf } from './stage.ts';
import { until } from './until.ts';
import { filesOf, meta, release } from './trees.ts';

const makeHost = hostMaker();
const FILES = Object.fromEntries(
  Array.from({ length: 30 }, (_, n) => [`lib/${String(n).padStart(2, '0')}.bin`, randomBytes(20_000).toString('hex')]),
);

/** Sends the first part of a release and lets the line go dead there. */
async function cutOff(host: LocalHost, built: Built, share: number): Promise<void> {
  const channels: Channel[] = [];
  const client = createHostClient({
    ...host.context,
    open: async (command) => {
      const channel = await host.context.open(command);
      channels.push(channel);
      return channel;
    },
  });
  const options = await sendOptions(host, built, { release: ONE, more: { whenCut: 'keep' } });
  const half = async function* () {
    let sent = 0;
    for await (const chunk of options.payload() as AsyncIterable<Buffer>) {
      yield chunk.subarray(0, options.bytes * share - sent);
      sent += chunk.length;
    }
    // the host has to have it: a cut loses what is under way
    await until(() => written(host));
    channels.forEach((channel) => channel.close());
  };
  const sending = client.receive({ ...options, payload: () => Readable.from(half(), { objectMode: false }) });
  await expect(sending).rejects.toMatchObject({ code: 'SLIP_CONNECTION_LOST' });
}

async function written(host: LocalHost): Promise<boolean> {
  const found = await readdir(meta(host, 'incoming'), { recursive: true }).catch(() => []);
  return found.filter((name) => name.endsWith('.bin')).length >= 10;
}

const ask = (host: LocalHost, { manifest }: Built, id = ONE) =>
  host.client.arrived({ release: id, digest: manifest.digest, upload: uploadOf(manifest), prepare: [] });

/** Once what the cut has left running has noticed. */
async function arrivedPart(host: LocalHost, built: Built): Promise<Extract<Arrived, { type: 'part' }>> {
  return until(async () => {
    const answer = await ask(host, built);
    return answer.type === 'part' && answer.files.size >= 10 ? answer : undefined;
  });
}

describe.each(SHELLS)('an upload that is cut off under %s', (shell) => {
  test('is gone on with where it broke off, by another release with the same files', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    await using built = await build(host, FILES);
    await cutOff(host, built, 0.6);
    expect(existsSync(release(host, ONE))).toBe(false);
    const part = await arrivedPart(host, built);
    const had = built.manifest.entries.filter(({ path, sha256 }) => part.files.has(`${sha256} ${path}`));
    expect(had.length).toBeGreaterThanOrEqual(10);
    const rest = await sendOptions(host, built, { release: TWO, had: had.map(({ path }) => path) });
    const whole = await sendOptions(host, built, { release: TWO });
    expect(rest.bytes).toBeLessThan(0.7 * whole.bytes);
    await expect(host.client.receive({ ...rest, kept: part.name })).resolves.toEqual({ type: 'received', left: [] });
    expect(await filesOf(release(host, TWO))).toEqual(FILES);
    await until(async () => (await readdir(meta(host, 'incoming'))).length === 0);
    await expect(ask(host, built, TWO)).resolves.toEqual({ type: 'there' });
  });

  test('leaves nothing that is taken without another look', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    await using built = await build(host, FILES);
    await cutOff(host, built, 0.6);
    const part = await arrivedPart(host, built);
    const [first = ''] = part.files;
    await writeFile(meta(host, 'incoming', part.name, 'new', first.slice(65)), 'damaged');
    const again = await arrivedPart(host, built);
    expect(again.files.has(first)).toBe(false);
    // whoever believes it all the same is refused
    const had = [...part.files].map((line) => line.slice(65));
    const rest = await sendOptions(host, built, { release: ONE, had });
    await expect(host.client.receive({ ...rest, kept: part.name })).rejects.toMatchObject({ code: 'SLIP_VERIFY' });
    expect(existsSync(release(host, ONE))).toBe(false);
    await send(host, built, { release: ONE });
    expect(await filesOf(release(host, ONE))).toEqual(FILES);
  });

  test('is nothing to another upload, and goes with the next release that comes', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    await using built = await build(host, FILES);
    await using other = await build(host, { a: 'a' });
    await cutOff(host, built, 0.6);
    await arrivedPart(host, built);
    await expect(ask(host, other)).resolves.toEqual({ type: 'nothing' });
    await send(host, other, { release: TWO });
    await until(async () => (await readdir(meta(host, 'incoming'))).length === 0);
    expect(await readFile(join(release(host, TWO), 'a'), 'utf8')).toBe('a');
  });
});

test('what was received before the line went dead is there, though nobody heard of it', async () => {
  await using host = await makeHost('dash');
  await begin(host);
  await using built = await build(host, { a: 'a' });
  await expect(ask(host, built)).resolves.toEqual({ type: 'nothing' });
  await send(host, built, { release: ONE });
  await expect(ask(host, built)).resolves.toEqual({ type: 'there' });
});
