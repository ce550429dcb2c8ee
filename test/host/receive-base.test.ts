import { existsSync, statSync } from 'node:fs';
import { appendFile, chmod, mkdir, readdir, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LocalHost } from '../support/local-host.ts';
import { hostMaker, SHELLS, type Shell } from './shells.ts';
import { begin, build, type Built, type Files, ONE, send, transmit, TWO } from './stage.ts';
import { filesOf, meta, ODD, release } from './trees.ts';

const makeHost = hostMaker();
const PREPARE = [{ run: 'true', inputs: [], outputs: [], key: undefined, timeoutMs: 60_000 }];
const STAMP = new Date(946_684_800_000);

const text = (word: string) => Array.from({ length: 40 }, (_, n) => `${word} ${n * 7919}`).join('\n');
const BEFORE: Files = {
  ...ODD,
  changed: text('some'),
  gone: '1',
  'lib/deep/a': 'aaaa',
  'lib/deep/b': 'bbbb',
  'was folder/x': '1',
};
const GOES = ['gone', 'was folder/x'];
const STAYS = Object.fromEntries(Object.entries(BEFORE).filter(([path]) => !GOES.includes(path)));
const AFTER: Files = { ...STAYS, changed: `${text('some')} more`, 'was folder': 'now a file' };

interface Site extends AsyncDisposable {
  readonly host: LocalHost;
  readonly base: Built;
  readonly next: Built;
}

async function site(shell: Shell): Promise<Site> {
  const host = await makeHost(shell);
  await begin(host);
  const [base, next] = [await build(host, BEFORE), await build(host, AFTER)];
  await send(host, base, { release: ONE });
  return { host, base, next, [Symbol.asyncDispose]: () => host[Symbol.asyncDispose]() };
}

const over = ({ base }: Site) => ({ release: TWO, base: { release: ONE, manifest: base.manifest, tree: base.tree } });

/** What somebody does to a release by hand, and the files that are then something else. */
const EDITS: Readonly<Record<string, readonly [(file: (path: string) => string) => Promise<unknown>, string[]]>> = {
  'a file is edited': [(file) => writeFile(file('plain.txt'), 'PLAIN'), ['plain.txt']],
  'a file is appended to': [(file) => appendFile(file('lib/deep/a'), 'a'), ['lib/deep/a']],
  'a file is replaced by one of the same size': [
    async (file) => {
      await writeFile(file('x'), 'b');
      await rename(file('lib/deep/b'), file('lib/deep/gone'));
      await writeFile(file('lib/deep/b'), 'BBBB');
      await rm(file('x'));
    },
    ['lib/deep/b'],
  ],
  'files of odd names are edited': [
    async (file) => {
      for (const name of ['back\\slash\\n\\055', 'per%cent%0A', 'tab\there\r', '-rf']) await writeFile(file(name), 'x');
    },
    ['-rf', 'back\\slash\\n\\055', 'per%cent%0A', 'tab\there\r'],
  ],
  'a file is missing': [(file) => rm(file('*')), ['*']],
  'a file lost its right to be executed': [(file) => chmod(file('bin/run'), 0o644), ['bin/run']],
  'a link points elsewhere': [
    async (file) => {
      await rm(file('bin/link'));
      await symlink('run2', file('bin/link'));
    },
    ['bin/link'],
  ],
  'a folder has become a link': [
    async (file) => {
      await rename(file('lib'), file('../../elsewhere'));
      await symlink('../../elsewhere', file('lib'));
    },
    ['lib/deep/a', 'lib/deep/b'],
  ],
};

describe.each(SHELLS)('over a base that was changed by hand, under %s,', (shell) => {
  test.each(Object.entries(EDITS))('when %s, what differs is told and sent again', async (_what, [edit, paths]) => {
    await using at = await site(shell);
    const { host, next } = at;
    await edit((path) => release(host, ONE, path));
    const edited = await filesOf(release(host, ONE));
    const answer = await transmit(host, next, over(at));
    expect(answer).toEqual({ type: 'differs', paths: expect.any(Array) as string[] });
    expect('paths' in answer && [...answer.paths].sort()).toEqual(paths);
    expect(existsSync(release(host, TWO))).toBe(false);
    expect(await readdir(meta(host, 'incoming'))).toEqual([]);
    await send(host, next, { ...over(at), damaged: paths });
    expect(await filesOf(release(host, TWO))).toEqual(AFTER);
    // whoever works in the old release is left alone
    expect(await filesOf(release(host, ONE))).toEqual(edited);
  });

  test('what was only touched is hashed, and is right', async () => {
    await using at = await site(shell);
    await utimes(release(at.host, ONE, 'plain.txt'), new Date(), new Date());
    await send(at.host, at.next, over(at));
    expect(await filesOf(release(at.host, TWO))).toEqual(AFTER);
    expect(statSync(release(at.host, TWO, 'plain.txt')).ino).toBe(statSync(release(at.host, ONE, 'plain.txt')).ino);
  });

  test('what differs does not matter where it changes or goes anyway', async () => {
    await using at = await site(shell);
    for (const path of ['changed', 'gone']) await writeFile(release(at.host, ONE, path), 'edited');
    await send(at.host, at.next, { ...over(at), base: { release: ONE, manifest: at.base.manifest } });
    expect(await filesOf(release(at.host, TWO))).toEqual(AFTER);
    expect(existsSync(release(at.host, TWO, 'was folder'))).toBe(true);
  });

  test('files that came into it stay behind and are told, unless a prepare step may have made them', async () => {
    await using at = await site(shell);
    await mkdir(release(at.host, ONE, 'cache/of'), { recursive: true });
    await writeFile(release(at.host, ONE, 'cache/of/the app'), 'x');
    await writeFile(release(at.host, ONE, '100%'), 'x');
    const answer = await transmit(at.host, at.next, over(at));
    expect(answer).toEqual({ type: 'received', left: expect.any(Array) as string[] });
    expect('left' in answer && [...answer.left].sort()).toEqual(['100%', 'cache/of/the app']);
    expect(await filesOf(release(at.host, TWO))).toEqual(AFTER);
    expect(existsSync(release(at.host, TWO, 'cache'))).toBe(false);
    await rm(release(at.host, TWO), { recursive: true });
    await expect(transmit(at.host, at.next, { ...over(at), prepare: PREPARE })).resolves.toMatchObject({ left: [] });
    expect(await readFile(release(at.host, TWO, 'cache/of/the app'), 'utf8')).toBe('x');
  });

  test('every file has the time it was sent with, which tells it from one that was written to', async () => {
    await using at = await site(shell);
    await send(at.host, at.next, over(at));
    for (const path of ['changed', 'plain.txt', 'bin/run'])
      expect(statSync(release(at.host, TWO, path)).mtime).toEqual(STAMP);
  });
});

describe.each(['dash', 'bash'] as const)('a payload of zstd under %s', (shell) => {
  test('is unpacked with the old files of the base', async () => {
    await using at = await site(shell);
    const sent = { bytes: 0 };
    const garble = (payload: Buffer) => {
      sent.bytes += payload.length;
      return payload;
    };
    await send(at.host, at.next, { ...over(at), codec: 'zstd', garble });
    expect(await filesOf(release(at.host, TWO))).toEqual(AFTER);
    expect(sent.bytes).toBeGreaterThan(0);
  });

  test('is asked for without them where they are others there', async () => {
    await using at = await site(shell);
    await writeFile(release(at.host, ONE, 'changed'), 'something else altogether');
    const answer = await transmit(at.host, at.next, { ...over(at), codec: 'zstd' });
    expect(answer).toEqual({ type: 'unpackable' });
    expect(await readdir(meta(at.host, 'incoming'))).toEqual([]);
    await send(at.host, at.next, { release: TWO, base: { release: ONE, manifest: at.base.manifest }, codec: 'zstd' });
    expect(await filesOf(release(at.host, TWO))).toEqual(AFTER);
  });

  test('that was damaged on its way is refused', async () => {
    await using at = await site(shell);
    const sending = { release: TWO, codec: 'zstd' as const };
    const garble = (payload: Buffer) => payload.subarray(0, payload.length - 3);
    await expect(send(at.host, at.next, { ...sending, garble })).rejects.toMatchObject({ code: 'SLIP_UPLOAD' });
    expect(existsSync(join(at.host.deployTo, 'releases', TWO))).toBe(false);
  });
});
