import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { chmod, lstat, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { PrepareSettings } from '../../src/config/settings.ts';
import { SHELLS, hostMaker } from './shells.ts';
import { filesOf, meta, ODD, release } from './trees.ts';
import {
  begin,
  build,
  type Built,
  type Files,
  greeter,
  NOTHING_SHARED,
  ONE,
  send,
  THREE,
  transmit,
  TWO,
} from './stage.ts';

const makeHost = hostMaker();

const PREPARE: PrepareSettings = { run: 'true', inputs: [], outputs: [], key: undefined, timeoutMs: 60_000 };

describe.each(SHELLS)('an upload under %s', (shell) => {
  test('the first one brings every file with its name, content and mode, and is published', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    await using built = await build(host, ODD);
    await send(host, built, { release: ONE });
    expect(await filesOf(release(host, ONE))).toEqual(ODD);
    expect(await readFile(meta(host, 'manifests', built.manifest.digest), 'utf8')).toContain(' link 3 bin/link\n');
    const state = await host.client.probe({ instances: [], shared: NOTHING_SHARED, depth: 'look' });
    expect(state.releases).toMatchObject([{ id: ONE, status: 'ready', present: true }]);
    expect(await readdir(meta(host, 'incoming'))).toEqual([]);
    expect(existsSync(release(host, ONE, 'x'))).toBe(false);
  });

  test.each(['hard links', 'copies'])(
    'the next one takes what is unchanged from its base by %s, and leaves the base as it was',
    async (way) => {
      await using host = await makeHost(shell);
      await begin(host);
      const before: Files = { ...ODD, 'gone/deep/file': '1', 'was file': '2', 'was/folder': '3', changed: '4' };
      const gone = ['gone/deep/file', 'was file', 'was/folder', 'per%cent%0A'];
      const kept = Object.fromEntries(Object.entries(before).filter(([path]) => !gone.includes(path)));
      const after: Files = {
        ...kept,
        changed: '44',
        'was file/now a folder': '5',
        was: '6',
        '-rf': 'other',
        'a\\b': '7',
      };
      await using base = await build(host, before);
      await using next = await build(host, after);
      const prepare = way === 'copies' ? [PREPARE] : [];
      await send(host, base, { release: ONE });
      await send(host, next, { release: TWO, base: { release: ONE, manifest: base.manifest }, prepare });
      expect(await filesOf(release(host, TWO))).toEqual(after);
      expect(await filesOf(release(host, ONE))).toEqual(before);
      const inode = (id: string, path: string) => statSync(release(host, id, path)).ino;
      expect(inode(TWO, 'plain.txt') === inode(ONE, 'plain.txt')).toBe(way === 'hard links');
      expect(inode(TWO, 'back\\slash\\n\\055') === inode(ONE, 'back\\slash\\n\\055')).toBe(way === 'hard links');
      for (const path of ['changed', '-rf']) expect(inode(TWO, path)).not.toBe(inode(ONE, path));
      expect(existsSync(release(host, TWO, 'gone'))).toBe(false);
    },
  );

  test.each(['hard links', 'copies'])(
    'one that was damaged or cut off on its way is refused whole, with %s',
    async (way) => {
      await using host = await makeHost(shell);
      await begin(host);
      await using base = await build(host, { a: 'a'.repeat(5000), same: 's' });
      await using next = await build(host, { a: 'b'.repeat(5000), 'new\nfile': 'c', same: 's' });
      await send(host, base, { release: ONE });
      const all: ((payload: Buffer) => Buffer)[] = [
        (payload) => payload.subarray(0, payload.length - 1),
        (payload) => payload.subarray(0, payload.length / 2),
        (payload) => payload.subarray(0, 0),
        (payload) => flip(payload, payload.length - 6), // the checksum of gzip: its content is whole
        (payload) => flip(payload, 40),
        (payload) => Buffer.from('no gzip', 'utf8').fill(payload[0]! ^ 1, 0, 1),
        (payload) => gzipSync(gunzipSync(payload).subarray(0, -1500)),
      ];
      const prepare = way === 'copies' ? [PREPARE] : [];
      for (const garble of way === 'copies' ? all.slice(3, 4) : all) {
        const sending = send(host, next, {
          release: TWO,
          base: { release: ONE, manifest: base.manifest },
          prepare,
          garble,
        });
        await expect(sending).rejects.toMatchObject({ code: 'SLIP_UPLOAD' });
        expect(existsSync(release(host, TWO))).toBe(false);
        expect(existsSync(meta(host, 'ledger', `${TWO}.json`))).toBe(false);
        expect(await readdir(meta(host, 'incoming'))).toEqual([]);
      }
      expect(await filesOf(release(host, ONE))).toEqual({ a: 'a'.repeat(5000), same: 's' });
    },
  );

  test('one with a file that is not what its list says is refused and names the file', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    for (const name of ['plain', 'od\\d\nname']) {
      await using built = await build(host, { [name]: 'the content', other: 'x' });
      const swap = (payload: Buffer) => {
        const tar = gunzipSync(payload);
        tar.write('the c0ntent', tar.indexOf('the content'));
        return gzipSync(tar);
      };
      await expect(send(host, built, { release: ONE, garble: swap })).rejects.toMatchObject({
        code: 'SLIP_VERIFY',
        message: expect.stringContaining(name === 'plain' ? ' plain: FAILED' : 'od\\\\d') as string,
      });
      expect(existsSync(release(host, ONE))).toBe(false);
    }
  });

  test('one whose manifest is not the one that was announced is refused', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    await using built = await build(host, { a: 'a' });
    const other: Built = { ...built, manifest: { ...built.manifest, digest: '0'.repeat(64) } };
    await expect(send(host, other, { release: ONE })).rejects.toMatchObject({ code: 'SLIP_UPLOAD' });
  });

  test('one whose base is not there is refused', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    await using base = await build(host, { a: 'a' });
    await using next = await build(host, { a: 'a', b: 'b' });
    const sending = send(host, next, { release: TWO, base: { release: ONE, manifest: base.manifest } });
    await expect(sending).rejects.toMatchObject({ code: 'SLIP_DISK' });
    expect(await readdir(join(host.deployTo, 'releases'))).toEqual([]);
  });

  test('one over a base whose list of files is damaged is refused, and the mend is to remove that list', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    await using base = await build(host, { a: 'a' });
    await using next = await build(host, { a: 'a', b: 'b' });
    await send(host, base, { release: ONE });
    const list = meta(host, 'manifests', base.manifest.digest);
    await writeFile(list, 'damaged\n');
    const sending = send(host, next, { release: TWO, base: { release: ONE, manifest: base.manifest } });
    await expect(sending).rejects.toMatchObject({ code: 'SLIP_LIST', mend: expect.stringContaining(list) as string });
    await rm(list);
    const { releases } = await host.client.probe({ instances: [], shared: NOTHING_SHARED, depth: 'look' });
    expect(releases.map(({ id, present }) => ({ id, present }))).toEqual([{ id: ONE, present: false }]);
    await send(host, next, { release: TWO });
    expect(await filesOf(release(host, TWO))).toEqual({ a: 'a', b: 'b' });
  });

  test('one that was cut off before can be sent again', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    await mkdir(meta(host, 'incoming', ONE, 'tree/left'), { recursive: true });
    await mkdir(meta(host, 'incoming', ONE, 'new'), { recursive: true });
    await writeFile(meta(host, 'incoming', ONE, 'new/over'), 'x');
    await using built = await build(host, { a: 'a' });
    await send(host, built, { release: ONE });
    expect(await filesOf(release(host, ONE))).toEqual({ a: 'a' });
  });
});

function flip(payload: Buffer, at: number): Buffer {
  const copy = Buffer.from(payload);
  copy[at]! ^= 0x10;
  return copy;
}

test('a release that a link points at is never laid out anew', async () => {
  await using host = await makeHost('dash');
  await begin(host);
  await using built = await build(host, { a: 'a' });
  await using other = await build(host, { a: 'b' });
  await send(host, built, { release: ONE });
  await mkdir(join(host.deployTo, 'instances/bot.1'));
  await symlink(`../../releases/${ONE}`, join(host.deployTo, 'instances/bot.1/current'));
  await expect(send(host, other, { release: ONE })).rejects.toMatchObject({ code: 'SLIP_RELEASE_USED' });
  expect(await filesOf(release(host, ONE))).toEqual({ a: 'a' });
});

test('what cannot be written down is not received', async () => {
  await using host = await makeHost('dash');
  await begin(host);
  await using built = await build(host, { a: 'a' });
  // root may write everywhere, so a full disk is played by a folder that is none
  await rm(meta(host, 'ledger'), { recursive: true });
  await writeFile(meta(host, 'ledger'), '');
  await expect(send(host, built, { release: ONE })).rejects.toMatchObject({ code: 'SLIP_DISK' });
  expect(existsSync(release(host, ONE))).toBe(false);
});

test('nothing is removed or written through the link of a path that was shared before', async () => {
  await using host = await makeHost('dash');
  await begin(host);
  const shared = { files: [], dirs: ['data'] };
  await using base = await build(host, { 'data/x': 'tracked', 'data/same': 's', a: 'a' });
  await using next = await build(host, { 'data/y': 'tracked', 'data/same': 's', a: 'a' });
  await send(host, base, { release: ONE, shared });
  await writeFile(join(host.deployTo, 'shared/data/x'), 'precious');
  // no longer shared: what the base links to must not be touched
  const over = { release: TWO, base: { release: ONE, manifest: base.manifest } };
  expect(await transmit(host, next, over)).toEqual({ type: 'differs', paths: ['data/same'] });
  await send(host, next, { ...over, damaged: ['data/same'] });
  expect(await readFile(join(host.deployTo, 'shared/data/x'), 'utf8')).toBe('precious');
  expect(await filesOf(release(host, TWO))).toEqual({ 'data/y': 'tracked', 'data/same': 's', a: 'a' });
  expect(await readdir(join(host.deployTo, 'shared/data'))).toEqual(['x']);
});

test('every file belongs to the user who deploys, whoever packed it', async () => {
  await using host = await makeHost('dash');
  await begin(host);
  await using built = await greeter(host);
  await chmod(join(built.tree, 'ctl.sh'), 0o777);
  await send(host, built, { release: ONE });
  const { uid, mode } = await lstat(release(host, ONE, 'server.js'));
  expect([uid, mode & 0o777]).toEqual([process.getuid!(), 0o644]);
  expect(execFileSync('find', [host.deployTo, '-perm', '-0002', '!', '-type', 'l']).toString()).toBe('');
});

test('a manifest is read back as it was sent; one that is not there is undefined', async () => {
  await using host = await makeHost('busybox');
  await begin(host);
  await using built = await build(host, ODD);
  await send(host, built, { release: THREE });
  const text = await host.client.manifest(built.manifest.digest);
  expect(text).toBe(await readFile(meta(host, 'manifests', built.manifest.digest), 'utf8'));
  await expect(host.client.manifest('0'.repeat(64))).resolves.toBeUndefined();
});
