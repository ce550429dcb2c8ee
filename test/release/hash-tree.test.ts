import { execFile } from 'node:child_process';
import { appendFile, chmod, link, mkdir, symlink, unlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { UserError } from '../../src/base/errors.ts';
import { createExclude } from '../../src/release/exclude.ts';
import { hashTree } from '../../src/release/hash-tree.ts';
import { linksLeavingTree } from '../../src/release/links.ts';
import { ChangedWhileRead, readStill } from '../../src/release/read-file.ts';
import { temporaryFolder, writeFiles } from '../git/sample.ts';

const exec = promisify(execFile);

const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12345\n`;

async function refusal(tree: string, exclude: string[] = []): Promise<UserError> {
  const error: unknown = await hashTree(tree, { exclude }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ exitCode: 2, mend: expect.any(String) as string });
  return error as UserError;
}

describe('hashing a tree', () => {
  test('lists files, the executable bit and links, sorted, and no empty folder', async () => {
    const tree = await temporaryFolder();
    await writeFiles(tree, { 'b/run': '#!', a: '1', 'b.txt': '' });
    await chmod(join(tree, 'b/run'), 0o4711);
    await chmod(join(tree, 'a'), 0o666);
    await symlink('../a', join(tree, 'b/link'));
    await mkdir(join(tree, 'empty'));
    await link(join(tree, 'a'), join(tree, 'hard'));
    const { entries } = await hashTree(tree, { exclude: [] });
    expect(entries.map(({ path, kind, size }) => `${path} ${kind} ${size}`)).toEqual([
      'a file 1',
      'b.txt file 0',
      'b/link link 4',
      'b/run executable 2',
      'hard file 1',
    ]);
    expect(entries[0]!.sha256).toBe('6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b');
  });

  test('leaves .git and what is excluded out, unread', async () => {
    const tree = await temporaryFolder();
    await writeFiles(tree, {
      '.git/HEAD': '',
      'sub/.git': 'gitdir: x',
      'docs/a': pointer,
      'src/docs/b': '',
      app: '',
      'app.map': '',
    });
    const { entries } = await hashTree(tree, { exclude: ['docs/', '*.map'] });
    expect(entries.map(({ path }) => path)).toEqual(['app']);
  });

  test('refuses links that leave the tree, and names each with its target', async () => {
    const tree = await temporaryFolder();
    await writeFiles(tree, { 'a/file': '' });
    await symlink('/etc/passwd', join(tree, 'absolute'));
    await symlink('../../x', join(tree, 'a/climbs'));
    await symlink('../file', join(tree, 'a/stays'));
    const error = await refusal(tree);
    expect(error.code).toBe('SLIP_TREE_LINK');
    expect(error.detail).toEqual(['a/climbs -> ../../x', 'absolute -> /etc/passwd']);
  });

  test('refuses sockets and FIFOs without touching them', async () => {
    const tree = await temporaryFolder();
    await exec('mkfifo', [join(tree, 'pipe')]);
    const server = createServer().listen(join(tree, 'app.sock'));
    onTestFinished(() => void server.close());
    const error = await refusal(tree);
    expect(error.code).toBe('SLIP_TREE_SPECIAL');
    expect(error.detail).toEqual(['app.sock', 'pipe']);
    expect(error.mend).toContain('source.exclude');
  });

  test.skipIf(process.getuid?.() !== 0)('refuses a device', async () => {
    const tree = await temporaryFolder();
    await exec('mknod', [join(tree, 'null'), 'c', '1', '3']);
    expect((await refusal(tree)).code).toBe('SLIP_TREE_SPECIAL');
  });

  test('refuses names and link targets that are not UTF-8', async () => {
    const tree = await temporaryFolder();
    await writeFile(Buffer.concat([Buffer.from(`${tree}/caf`), Buffer.from([0xe9])]), '');
    await symlink(Buffer.from([0xff]), join(tree, 'link'));
    const error = await refusal(tree);
    expect(error.code).toBe('SLIP_TREE_NAME');
    expect(error.detail).toHaveLength(2);
  });

  test('refuses files and folders that it has no right to read', async () => {
    const tree = await temporaryFolder();
    await writeFiles(tree, { secret: '', 'closed/a': '', open: '' });
    await chmod(tree, 0o755);
    await chmod(join(tree, 'secret'), 0);
    await chmod(join(tree, 'closed'), 0);
    const root = process.geteuid?.() === 0;
    if (root) process.seteuid!(65534);
    try {
      const error = await refusal(tree);
      expect(error.code).toBe('SLIP_TREE_UNREADABLE');
      expect(error.detail).toEqual(['closed', 'secret']);
    } finally {
      if (root) process.seteuid!(0);
      await chmod(join(tree, 'closed'), 0o700);
    }
  });

  test('refuses LFS pointers with the command that fetches the files', async () => {
    const tree = await temporaryFolder();
    await writeFiles(tree, {
      'logo.png': pointer,
      'about-lfs.md': `# LFS\n${pointer}`,
      'start.md': pointer.slice(0, 44),
    });
    const error = await refusal(tree);
    expect(error.code).toBe('SLIP_LFS_POINTER');
    expect(error.message).toContain('logo.png');
    expect(error.mend).toContain('git lfs pull');
  });

  test('refuses a tree in which nothing ships', async () => {
    const tree = await temporaryFolder();
    await writeFiles(tree, { 'docs/a': '' });
    expect((await refusal(tree, ['docs/'])).code).toBe('SLIP_SOURCE_EMPTY');
  });

  test('shows hostile names without control characters', async () => {
    const tree = await temporaryFolder();
    await symlink('/\u001b]0;x\u0007', join(tree, 'a\u001b[2Jb'));
    expect((await refusal(tree)).message).toContain('ab -> /');
  });

  test('ends with the reason when it is aborted', async () => {
    const tree = await temporaryFolder();
    await writeFiles(tree, { a: '' });
    await expect(hashTree(tree, { exclude: [], signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    );
  });
});

describe('reading a file', () => {
  test('notices that it was written meanwhile', async () => {
    const file = join(await temporaryFolder(), 'log');
    await writeFile(file, Buffer.alloc(64 << 20));
    const reading = readStill(file).then(
      () => 'read',
      (error: unknown) => error,
    );
    const state = { done: false };
    void reading.then(() => (state.done = true));
    while (!state.done) await appendFile(file, 'x');
    expect(await reading).toBeInstanceOf(ChangedWhileRead);
  });

  test('neither follows a link nor waits for a FIFO that took its place', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'file');
    await symlink('/etc/passwd', file);
    await expect(readStill(file)).rejects.toMatchObject({ code: 'ELOOP' });
    await unlink(file);
    await exec('mkfifo', [file]);
    await expect(readStill(file)).rejects.toBeInstanceOf(ChangedWhileRead);
  });
});

describe('a link', () => {
  const links = (targets: Record<string, string>) => linksLeavingTree(new Map(Object.entries(targets)));

  test.each([
    ['beside it', { a: 'b' }],
    ['up and down again inside', { 'x/y/a': '../../z' }],
    ['the root itself', { 'x/a': '..' }],
    ['nothing', { a: 'missing/file' }],
    ['itself', { a: 'a' }],
    ['another that points back', { a: 'b', b: 'a' }],
    ['a name that only looks like climbing', { a: '..b/...' }],
  ])('to %s stays', (_, targets) => {
    expect(links(targets)).toEqual([]);
  });

  test.each([
    ['an absolute path', { a: '/etc' }],
    ['one above the root', { a: '..' }],
    ['one above, through a folder that is not there', { a: 'x/../../y' }],
    ['the outside, through a link to the root', { 'x/y/root': '../..', a: 'x/y/root/../y' }],
    ['out of the tree and in again', { 'x/a': '../../tree/x' }],
  ])('to %s leaves', (_, targets) => {
    expect(links(targets)).toContain(Object.keys(targets).at(-1));
  });
});

describe('source.exclude', () => {
  const folder = (pattern: string, path: string) => createExclude([pattern])(path, 'folder');
  const file = (pattern: string, path: string) => createExclude([pattern])(path, 'other');

  test.each([
    ['docs/', 'docs'],
    ['docs/', 'a/docs'],
    ['/docs', 'docs'],
    ['a/docs', 'a/docs'],
    ['./docs', 'docs'],
    ['do*s', 'docs'],
    ['**/docs', 'a/b/docs'],
    ['**/docs', 'docs'],
    ['a/**/docs', 'a/docs'],
    ['a/**/docs', 'a/x/y/docs'],
    ['a/**', 'a/x/y'],
    ['d[a-z]cs', 'docs'],
    ['d?cs', 'docs'],
    ['$(x)+{y}|z^', 'a/$(x)+{y}|z^'],
    ['[', '['],
  ])('%s takes the folder %s out', (pattern, path) => {
    expect(folder(pattern, path)).toBe(true);
  });

  test.each([
    ['/docs', 'a/docs'],
    ['a/docs', 'b/a/docs'],
    ['docs/', 'docs2'],
    ['*.map', 'map'],
    ['d?cs', 'd/cs'],
    ['d[!o]cs', 'docs'],
    ['a*c', 'a/c'],
    ['a/**', 'a'],
    ['.', 'a'],
  ])('%s leaves %s in', (pattern, path) => {
    expect(folder(pattern, path)).toBe(false);
  });

  test('with a slash at its end is about folders only', () => {
    expect(file('docs/', 'docs')).toBe(false);
    expect(file('docs', 'docs')).toBe(true);
  });

  test('with a pattern that takes files back in, or that is none, is refused', () => {
    expect(() => createExclude(['!keep'])).toThrow('!keep');
    expect(() => createExclude(['[z-a]'])).toThrow('no pattern');
  });
});
