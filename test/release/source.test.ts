import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { GitSource } from '../../src/config/settings.ts';
import { sampleRepository, temporaryFolder, writeFiles } from '../git/sample.ts';
import { build, content, gitSource, paths } from './building.ts';

describe('an artifact of a commit', () => {
  test('holds the commit, not the dirty tree, and says what was left out', async () => {
    const sample = await sampleRepository({ 'app.js': 'committed' });
    await writeFiles(sample.folder, { 'app.js': 'dirty', 'new.js': '' });
    const artifact = await build(gitSource(sample));
    expect(await content(artifact, 'app.js')).toBe('committed');
    expect(paths(artifact)).toEqual(['app.js']);
    expect(await readdir(artifact.tree)).toEqual(['app.js']);
    expect(artifact.origin).toEqual({
      type: 'git',
      revision: await sample.git('rev-parse', 'HEAD'),
      ref: 'HEAD',
      subject: 'first',
      author: 'Ana',
      leftOut: ['app.js', 'new.js'],
      leftOutCount: 2,
    });
  });

  test('names twenty left out paths and counts all', async () => {
    const sample = await sampleRepository();
    await writeFiles(sample.folder, Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`new-${i}`, ''])));
    const { origin } = await build(gitSource(sample));
    expect(origin).toMatchObject({ leftOutCount: 25, leftOut: { length: 20 } });
  });

  test('is of the ref that is asked for, before the one of the source', async () => {
    const sample = await sampleRepository({ 'app.js': 'one' });
    await sample.git('tag', 'v1');
    await sample.commit({ 'app.js': 'two' });
    await sample.git('tag', 'v2');
    await sample.commit({ 'app.js': 'three' });
    expect(await content(await build(gitSource(sample, { ref: 'v2' })), 'app.js')).toBe('two');
    expect(await content(await build(gitSource(sample, { ref: 'v2' }), { ref: 'v1' }), 'app.js')).toBe('one');
  });

  test('is the output of its build, which runs in the subdir and knows its revision', async () => {
    const sample = await sampleRepository({ 'apps/web/src.txt': 'x', 'apps/other/y': '' });
    const lines: string[] = [];
    const commands = [
      'mkdir -p dist && cp src.txt dist/',
      'echo "$SLIPWAY_REVISION" >dist/rev; git rev-parse HEAD >>dist/rev',
      'echo done >&2',
    ];
    const artifact = await build(gitSource(sample, { subdir: 'apps/web', build: commands, output: 'dist' }), { lines });
    const head = await sample.git('rev-parse', 'HEAD');
    expect(paths(artifact)).toEqual(['rev', 'src.txt']);
    expect(await content(artifact, 'rev')).toBe(`${head}\n${head}\n`);
    expect(lines).toEqual([`$ ${commands[0]!}`, `$ ${commands[1]!}`, `$ ${commands[2]!}`, 'done']);
  });

  test('of a subdir is that folder and nothing else', async () => {
    const sample = await sampleRepository({ 'apps/web/app.js': '', 'README.md': '' });
    expect(paths(await build(gitSource(sample, { subdir: 'apps/web', exclude: ['*.md'] })))).toEqual(['app.js']);
  });

  test('includes submodules, without their .git', async () => {
    const library = await sampleRepository({ 'lib.js': '' });
    const sample = await sampleRepository();
    await sample.git('submodule', '--quiet', 'add', library.folder, 'vendor/lib');
    await sample.commit();
    const artifact = await build(gitSource(sample));
    expect(paths(artifact)).toEqual(['.gitmodules', 'app.js', 'vendor/lib/lib.js']);
    expect(await readdir(join(artifact.tree, 'vendor/lib'))).toEqual(['lib.js']);
  });

  test('is not built in the environment of a git hook that slipway runs in', async () => {
    const sample = await sampleRepository();
    process.env['GIT_DIR'] = '/nowhere';
    try {
      const artifact = await build(gitSource(sample, { build: ['git rev-parse HEAD >rev; echo "<$GIT_DIR>" >>rev'] }));
      expect(await content(artifact, 'rev')).toBe(`${await sample.git('rev-parse', 'HEAD')}\n<>\n`);
    } finally {
      delete process.env['GIT_DIR'];
    }
  });
});

describe('a source that cannot become a release', () => {
  test.each<[string, Partial<GitSource>, [code: string, words: string]]>([
    ['a missing subdir', { subdir: 'apps/wbe' }, ['SLIP_NO_SUBDIR', 'Did you mean apps/web?']],
    ['a subdir outside', { subdir: '../..' }, ['SLIP_NO_SUBDIR', '../..']],
    ['a subdir that is a link out', { subdir: 'out' }, ['SLIP_NO_SUBDIR', 'out']],
    ['a missing output', { build: ['mkdir dist'], output: 'dits' }, ['SLIP_NO_OUTPUT', 'Did you mean dist?']],
    ['an empty output', { build: ['mkdir dist'], output: 'dist' }, ['SLIP_SOURCE_EMPTY', 'dist of commit']],
    ['everything excluded', { exclude: ['*'] }, ['SLIP_SOURCE_EMPTY', 'commit']],
    [
      'a link out of the output',
      { build: ['mkdir dist; ln -s ../apps dist/apps'], output: 'dist' },
      ['SLIP_TREE_LINK', 'apps -> ../apps'],
    ],
    ['a FIFO made by the build', { build: ['mkfifo pipe'] }, ['SLIP_TREE_SPECIAL', 'pipe']],
  ])('with %s is refused', async (_, more, [code, words]) => {
    const sample = await sampleRepository({ 'apps/web/app.js': '' });
    await symlink('/etc', join(sample.folder, 'out'));
    await sample.commit();
    const source = gitSource(sample, { exclude: ['out'], ...more });
    await expect(build(source)).rejects.toMatchObject({
      exitCode: 2,
      code,
      message: expect.stringContaining(words) as string,
    });
  });

  test('because of LFS pointers says so and names the mend', async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 9\n`;
    const sample = await sampleRepository({ 'logo.png': pointer });
    await expect(build(gitSource(sample))).rejects.toMatchObject({
      code: 'SLIP_LFS_POINTER',
      mend: expect.stringContaining('git lfs pull') as string,
    });
    await expect(build(gitSource(sample, { build: ['echo real >logo.png'] }))).resolves.toBeDefined();
  });
});

describe('an artifact of a folder', () => {
  test('is the folder itself, without what is excluded', async () => {
    const dir = await temporaryFolder();
    await writeFiles(dir, { 'app.js': '1', 'app.js.map': '' });
    const artifact = await build({ type: 'dir', dir, exclude: ['*.map'] });
    expect(artifact).toMatchObject({ tree: dir, origin: { type: 'dir', dir } });
    expect(paths(artifact)).toEqual(['app.js']);
  });

  test('has the digest of the same files built from git', async () => {
    const sample = await sampleRepository({ 'a/b': '1' });
    const dir = await temporaryFolder();
    await writeFiles(dir, { 'a/b': '1' });
    const [one, two] = [await build({ type: 'dir', dir, exclude: [] }), await build(gitSource(sample))];
    expect(one.manifest).toEqual(two.manifest);
  });

  test('that is missing, or a file, is refused with the nearest one', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'dist'));
    await writeFile(join(folder, 'file'), '');
    const missing = build({ type: 'dir', dir: join(folder, 'dits'), exclude: [] });
    await expect(missing).rejects.toMatchObject({
      code: 'SLIP_SOURCE_MISSING',
      message: expect.stringContaining('Did you mean dist?') as string,
    });
    await expect(build({ type: 'dir', dir: join(folder, 'file'), exclude: [] })).rejects.toMatchObject({
      code: 'SLIP_SOURCE_MISSING',
    });
  });

  test('has no ref', async () => {
    const dir = await temporaryFolder();
    await expect(build({ type: 'dir', dir, exclude: [] }, { ref: 'main' })).rejects.toMatchObject({
      code: 'SLIP_REF_OF_FOLDER',
    });
  });
});
