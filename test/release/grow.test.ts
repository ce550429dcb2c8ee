import fc from 'fast-check';
import { chmod, lstat, mkdir, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { GitSource } from '../../src/config/settings.ts';
import type { Artifact } from '../../src/release/artifact.ts';
import { hashTree } from '../../src/release/hash-tree.ts';
import {
  emptyRepository,
  sampleRepository,
  type SampleRepository,
  temporaryFolder,
  writeFiles,
} from '../git/sample.ts';
import { build, content, gitSource, paths } from './building.ts';
import { apply } from './edits.ts';

/** How many files the artifact's tree holds by itself. */
async function laid({ tree }: Artifact): Promise<number> {
  const found = await readdir(tree, { recursive: true, withFileTypes: true });
  return found.filter((one) => !one.isDirectory()).length;
}

/** Builds twice: over what the cache holds, and from nothing. Both have to be the same, or fail the same. */
async function bothWays(source: GitSource, cacheDir: string): Promise<Artifact> {
  const whole = await build(source);
  const grown = await build(source, { cacheDir });
  expect(grown.manifest).toEqual(whole.manifest);
  expect(grown.origin).toEqual(whole.origin);
  return grown;
}

async function layAll(artifact: Artifact): Promise<void> {
  await artifact.lay?.(artifact.manifest.entries);
}

const SOME = { 'a.js': '1', 'lib/b.js': '2', 'lib/deep/c.js': '3', 'docs/d.md': '4', run: '#!/bin/sh\n' };

describe('an artifact that grows from the one before', () => {
  test('is the same as one that is checked out, whatever was changed', async () => {
    const name = fc.constantFrom(
      'a.js',
      'lib',
      'lib/b.js',
      'lib/deep/c.js',
      'docs/d.md',
      'x y',
      'ü.txt',
      'n\nl',
      'lib/%41',
    );
    const edit = fc.oneof(
      fc.record({
        type: fc.constant('write' as const),
        path: name,
        text: fc.constantFrom('', 'x', 'a\r\nb\n', '$Id$\n'),
      }),
      fc.record({ type: fc.constant('remove' as const), path: name }),
      fc.record({ type: fc.constant('mode' as const), path: name, mode: fc.constantFrom(0o644, 0o755) }),
      fc.record({ type: fc.constant('link' as const), path: name, to: fc.constantFrom('a.js', 'lib') }),
      fc.record({ type: fc.constant('move' as const), path: name, to: name }),
    );
    const commits = fc.array(fc.array(edit, { minLength: 1, maxLength: 4 }), { minLength: 4, maxLength: 4 });
    let grown = 0;
    await fc.assert(
      fc.asyncProperty(commits, async (story) => {
        const sample = await sampleRepository({ ...SOME, '.gitattributes': '* text=auto eol=lf\n*.png binary\n' });
        const cacheDir = await temporaryFolder();
        const source = gitSource(sample, { exclude: ['docs/', '*.map'] });
        await build(source, { cacheDir });
        for (const edits of story) {
          for (const one of edits) await apply(sample.folder, one).catch(() => undefined);
          await writeFiles(sample.folder, { 'a.js': `${Math.random()}` }).catch(() => undefined);
          await sample.commit();
          const artifact = await bothWays(source, cacheDir);
          if ((await laid(artifact)) < artifact.manifest.entries.length) grown += 1;
          await layAll(artifact);
          const { manifest } = artifact;
          const again = await hashTree(artifact.tree, { exclude: source.exclude });
          expect(again.entries.filter(({ path }) => path !== '.gitattributes')).toEqual(
            manifest.entries.filter(({ path }) => path !== '.gitattributes'),
          );
        }
      }),
      { numRuns: 5 },
    );
    expect(grown).toBeGreaterThan(0);
  }, 120_000);

  test('holds what changed, and lays the rest down when it is asked for', async () => {
    const sample = await sampleRepository(SOME);
    await chmod(join(sample.folder, 'run'), 0o755);
    await symlink('lib/b.js', join(sample.folder, 'link'));
    await sample.commit();
    const cacheDir = await temporaryFolder();
    await build(gitSource(sample), { cacheDir });
    await sample.commit({ 'lib/b.js': 'two', 'lib/new.js': 'n' });
    const artifact = await bothWays(gitSource(sample), cacheDir);
    expect(await laid(artifact)).toBe(2);
    await artifact.lay!(artifact.manifest.entries.filter(({ path }) => path === 'run'));
    expect(await laid(artifact)).toBe(3);
    expect((await lstat(join(artifact.tree, 'run'))).mode & 0o100).not.toBe(0);
    await Promise.all([layAll(artifact), layAll(artifact)]);
    expect(await laid(artifact)).toBe(paths(artifact).length);
    expect(await readlink(join(artifact.tree, 'link'))).toBe('lib/b.js');
    expect(await readFile(join(artifact.tree, 'a.js'), 'utf8')).toBe('1');
  });

  test('keeps what the changed files were beside the one before, to pack against', async () => {
    const sample = await sampleRepository(SOME);
    const cacheDir = await temporaryFolder();
    await build(gitSource(sample), { cacheDir });
    await sample.commit({ 'a.js': 'second' });
    const second = await build(gitSource(sample), { cacheDir });
    expect(await laid(second)).toBe(1);
    await sample.commit({ 'a.js': 'third', 'lib/b.js': 'third' });
    await build(gitSource(sample), { cacheDir });
    expect(await content(second, 'a.js')).toBe('second');
    expect(await content(second, 'lib/b.js')).toBe('2');
    expect(await laid(second)).toBe(2);
  });

  test('lays down anew what a cleaner of caches took or cut', async () => {
    const sample = await sampleRepository(SOME);
    const cacheDir = await temporaryFolder();
    const first = await build(gitSource(sample), { cacheDir });
    await rm(join(first.tree, 'lib'), { recursive: true });
    await writeFile(join(first.tree, 'a.js'), '');
    const again = await build(gitSource(sample), { cacheDir });
    await layAll(again);
    expect(await readFile(join(again.tree, 'a.js'), 'utf8')).toBe('1');
    expect(await readFile(join(again.tree, 'lib/deep/c.js'), 'utf8')).toBe('3');
  });

  test('lays down from a checkout when the blobs cannot be asked for', async () => {
    const sample = await sampleRepository({ ...SOME, big: Buffer.alloc(33 << 20) });
    const cacheDir = await temporaryFolder();
    await build(gitSource(sample), { cacheDir });
    await sample.commit({ 'a.js': 'one' });
    const artifact = await bothWays(gitSource(sample), cacheDir);
    expect(await laid(artifact)).toBe(1);
    await layAll(artifact);
    expect((await lstat(join(artifact.tree, 'big'))).size).toBe(33 << 20);
    expect(await laid(artifact)).toBe(6);
  });

  test('of a subdir sees what changed there, and nothing else', async () => {
    const sample = await sampleRepository({ 'apps/web/a.js': '1', 'apps/web/b.js': '1', 'other/x': '1' });
    const cacheDir = await temporaryFolder();
    const source = gitSource(sample, { subdir: 'apps/web' });
    await build(source, { cacheDir });
    await sample.commit({ 'apps/web/a.js': '2', 'other/x': '2' });
    expect(await laid(await bothWays(source, cacheDir))).toBe(1);
    await sample.commit({ 'other/x': '3' });
    const same = await bothWays(source, cacheDir);
    expect(await laid(same)).toBe(0);
    await layAll(same);
    expect(await readFile(join(same.tree, 'a.js'), 'utf8')).toBe('2');
  });

  test('works from a sha256 repository and from a linked worktree', async () => {
    const sample = await emptyRepository(undefined, '--object-format=sha256');
    await sample.commit(SOME);
    const cacheDir = await temporaryFolder();
    await build(gitSource(sample), { cacheDir });
    const tree = join(await temporaryFolder(), 'tree');
    await sample.git('worktree', 'add', '--quiet', tree, '-b', 'side');
    await writeFiles(tree, { 'a.js': 'side' });
    await sample.git('-C', tree, 'commit', '--quiet', '--all', '--message', 'side');
    expect(await laid(await bothWays({ ...gitSource(sample), repository: tree }, cacheDir))).toBe(1);
  });
});

describe('a commit is checked out whole', () => {
  type Story = (sample: SampleRepository) => Promise<unknown>;
  const filter: Story = (sample) => sample.git('config', 'filter.up.smudge', 'tr a-z A-Z');

  test.each<[why: string, before: Story, after: Story]>([
    [
      'a filter may apply',
      (s) => filter(s).then(() => writeFiles(s.folder, { '.gitattributes': '*.js filter=up\n' })),
      (s) => writeFiles(s.folder, { 'a.js': 'up' }),
    ],
    ['attributes changed', (s) => filter(s), (s) => writeFiles(s.folder, { 'lib/.gitattributes': '*.js filter=up\n' })],
    [
      'attributes above its subdir changed',
      (s) => filter(s),
      (s) => writeFiles(s.folder, { '.gitattributes': '*.js filter=up\n' }),
    ],
    [
      'files get other line ends',
      (s) => writeFiles(s.folder, { '.gitattributes': '*.js eol=crlf\n' }),
      (s) => writeFiles(s.folder, { 'lib/b.js': 'x\ny\n' }),
    ],
    [
      'an id is put into files',
      (s) => writeFiles(s.folder, { '.gitattributes': '*.js ident\n' }),
      (s) => writeFiles(s.folder, { 'lib/b.js': '$Id$\n' }),
    ],
    [
      'the clone has attributes of its own',
      (s) => filter(s).then(() => writeFiles(s.folder, { '.git/info/attributes': '*.js filter=up\n' })),
      (s) => writeFiles(s.folder, { 'lib/b.js': 'up' }),
    ],
    [
      'a symlink changed',
      (s) => symlink('b.js', join(s.folder, 'lib/link')),
      async (s) => {
        await rm(join(s.folder, 'lib/link'));
        await symlink('deep', join(s.folder, 'lib/link'));
      },
    ],
    [
      'a link takes the place of a file',
      async () => undefined,
      async (s) => {
        await rm(join(s.folder, 'lib/b.js'));
        await symlink('deep', join(s.folder, 'lib/b.js'));
      },
    ],
    [
      'git would take a name for its own',
      async () => undefined,
      (s) => writeFiles(s.folder, { 'lib/back\\slash': '' }).then(() => s.git('config', 'core.protectNTFS', 'false')),
    ],
  ])('when %s', async (_, before, after) => {
    const sample = await sampleRepository(SOME);
    await before(sample);
    await sample.commit();
    const [cacheDir, source] = [await temporaryFolder(), gitSource(sample, { subdir: 'lib' })];
    await build(source, { cacheDir });
    await after(sample);
    await sample.commit();
    const artifact = await bothWays(source, cacheDir);
    expect(await laid(artifact)).toBe(paths(artifact).length);
  });

  test('when it has submodules', async () => {
    const library = await sampleRepository({ 'lib.js': '1' });
    const sample = await sampleRepository();
    await sample.git('submodule', '--quiet', 'add', library.folder, 'vendor/lib');
    await sample.commit();
    const cacheDir = await temporaryFolder();
    await build(gitSource(sample), { cacheDir });
    await sample.commit({ 'app.js': '2' });
    const artifact = await bothWays(gitSource(sample), cacheDir);
    expect(await laid(artifact)).toBe(3);
  });

  test('when the one before is in no repository any more', async () => {
    const sample = await sampleRepository(SOME);
    const cacheDir = await temporaryFolder();
    await sample.git('commit', '--quiet', '--amend', '--message', 'gone');
    await build(gitSource(sample), { cacheDir });
    await sample.git('commit', '--quiet', '--amend', '--message', 'again');
    await sample.git('reflog', 'expire', '--expire=now', '--all');
    await sample.git('gc', '--quiet', '--prune=now');
    await sample.commit({ 'a.js': '2' });
    const artifact = await bothWays(gitSource(sample), cacheDir);
    expect(await laid(artifact)).toBe(5);
  });

  test('when its settings differ, or it is built', async () => {
    const sample = await sampleRepository(SOME);
    const cacheDir = await temporaryFolder();
    await build(gitSource(sample), { cacheDir });
    await sample.commit({ 'a.js': '2' });
    expect(await laid(await bothWays(gitSource(sample, { exclude: ['docs'] }), cacheDir))).toBe(5);
    expect(await laid(await bothWays(gitSource(sample, { build: ['true'] }), cacheDir))).toBe(5);
  });

  test.each<[string, Story]>([
    [
      'SLIP_LFS_POINTER',
      (s) =>
        writeFiles(s.folder, {
          logo: `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 9\n`,
        }),
    ],
    ['SLIP_TREE_LINK', (s) => symlink('/etc/passwd', join(s.folder, 'out'))],
    ['SLIP_TREE_NAME', (s) => writeFile(Buffer.concat([Buffer.from(`${s.folder}/caf`), Buffer.from([0xe9])]), '')],
    [
      'SLIP_SOURCE_EMPTY',
      async (s) => {
        await s.git('rm', '--quiet', '-r', '.');
        await mkdir(s.folder, { recursive: true });
      },
    ],
  ])('and refused with %s as ever', async (code, spoil) => {
    const sample = await sampleRepository(SOME);
    const cacheDir = await temporaryFolder();
    await build(gitSource(sample), { cacheDir });
    await spoil(sample);
    await sample.commit();
    await expect(build(gitSource(sample), { cacheDir })).rejects.toMatchObject({ code });
  });
});
