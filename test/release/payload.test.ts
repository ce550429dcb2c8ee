import { execFileSync } from 'node:child_process';
import { chmod, readdir, readFile, readlink, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Artifact } from '../../src/release/artifact.ts';
import { delta } from '../../src/release/delta.ts';
import { hashTree } from '../../src/release/hash-tree.ts';
import { createManifest, parseManifest } from '../../src/release/manifest.ts';
import { packPayload } from '../../src/release/payload.ts';
import { tarHeader } from '../../src/release/tar.ts';
import { temporaryFolder, writeFiles } from '../git/sample.ts';
import { artifactOf, exec, extract, pack } from './packed.ts';
import { entry } from './sample.ts';

const has = (command: string) => {
  try {
    execFileSync('sh', ['-c', `command -v ${command}`]);
    return true;
  } catch {
    return false;
  }
};

const TARS = ['tar', 'busybox tar', 'bsdtar'] as const;

const ODD_NAMES = [
  'plain.txt',
  'with space',
  ' leading space',
  'trailing space ',
  '-rf',
  '--help',
  "it's",
  'say "hi"',
  '$(touch pwned)',
  '`x`;&|<>*?[a]~#!',
  'back\\slash',
  'new\nline',
  'ends in newline\n',
  'carriage\rreturn',
  ' odd and spaced\n ',
  'tab\tand\u001b[31mescape',
  '%41%n%s',
  'ünïcödé/日本語/😀',
  'n'.repeat(100),
  'n'.repeat(101),
  `${'d'.repeat(90)}/${'e'.repeat(120)}/${'f'.repeat(200)}/file`,
  'ü'.repeat(120),
];

async function oddTree(): Promise<string> {
  const tree = await temporaryFolder();
  await writeFiles(tree, Object.fromEntries(ODD_NAMES.map((name) => [name, `content of ${name}`])));
  await writeFiles(tree, {
    empty: '',
    block: 'x'.repeat(512),
    'bin/run': '#!/bin/sh\n',
    big: Buffer.alloc(3_000_001, 'big'),
  });
  await chmod(join(tree, 'bin/run'), 0o755);
  await symlink('plain.txt', join(tree, 'link'));
  await symlink(`${'d'.repeat(90)}/${'e'.repeat(120)}/${'f'.repeat(200)}/file`, join(tree, 'l'.repeat(150)));
  await symlink('does not exist\nyet', join(tree, 'bin/dangling'));
  return tree;
}

/** What a host does to verify the uploads, with the tools it has; answers with the names that were checked. */
async function verify(into: string, tools: string): Promise<string> {
  const script = `set -e; cd "$1/new"
    (cd .. && sed 1d control/sums | ${tools}sha256sum -c)
    while read -r wanted path; do
      path=$(printf %b. "$path"); path=\${path%.}
      sum=$(${tools}sha256sum <"./$path"); [ "\${sum%% *}" = "$wanted" ]; echo odd
    done <../control/odd`;
  return (await exec(`${tools}sh`.trim().split(' ')[0]!, [...(tools ? ['sh'] : []), '-c', script, 'sh', into])).stdout;
}

describe.each(TARS.map((tar) => ({ tar, present: has(tar.split(' ')[0]!) })))(
  'a payload unpacked by $tar',
  ({ tar, present }) => {
    test.skipIf(!present)('is the tree again: names, modes, links, contents', async () => {
      const artifact = await artifactOf(await oddTree());
      const payload = await pack(artifact);
      const into = await extract(payload.file, tar);
      expect(await hashTree(join(into, 'new'), { exclude: [] })).toEqual(artifact.manifest);
      expect((await stat(join(into, 'new/bin/run'))).mode & 0o777).toBe(0o755);
      expect((await stat(join(into, 'new/plain.txt'))).mode & 0o777).toBe(0o644);
      expect(await readlink(join(into, 'new', 'l'.repeat(150)))).toHaveLength(417);
      expect(parseManifest(await readFile(join(into, 'control/manifest'), 'utf8'))).toEqual(artifact.manifest);
      expect(payload.files).toBe(artifact.manifest.entries.length);
    });
  },
);

describe('a payload', () => {
  test.each(['', 'busybox '].filter((tools) => tools === '' || has('busybox')))(
    'is verified by %ssha256sum, odd names included, and a flipped byte is found',
    async (tools) => {
      const payload = await pack(await artifactOf(await oddTree()));
      const into = await extract(payload.file, 'tar');
      const checked = await verify(into, tools);
      expect(checked.match(/^odd$/gm)).toHaveLength(ODD_NAMES.filter((name) => /[\n\r\\]/.test(name)).length);
      await writeFile(join(into, 'new/back\\slash'), 'content of back\\slasH');
      await expect(verify(into, tools)).rejects.toThrow();
    },
  );

  test('of a delta holds what changed', async () => {
    const tree = await temporaryFolder();
    await writeFiles(tree, { 'a/same': '1', 'a/changed': '1', 'gone\nodd': '1', 'was-file': '1', 'was-folder/x': '1' });
    const base = await hashTree(tree, { exclude: [] });
    const next = await temporaryFolder();
    await writeFiles(next, { 'a/same': '1', 'a/changed': '2', 'was-file/x': '1', 'was-folder': '1', new: '1' });
    const payload = await pack(await artifactOf(next), base);
    const into = await extract(payload.file, 'tar');
    expect((await readdir(join(into, 'new'), { recursive: true })).sort()).toEqual([
      'a',
      'a/changed',
      'new',
      'was-file',
      'was-file/x',
      'was-folder',
    ]);
    expect(payload).toMatchObject({ files: 4, rawBytes: 4 });
  });

  test('begins with the control files, in order, then the uploads sorted, and holds no folder, owner or time', async () => {
    const tree = await temporaryFolder();
    await writeFiles(tree, { 'b/c': '', a: '' });
    const payload = await pack(await artifactOf(tree));
    const { stdout } = await exec('tar', ['-tvzf', payload.file, '--numeric-owner', '--full-time', '--utc']);
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.replace(/ +/g, ' ')),
    ).toEqual([
      expect.stringMatching(/ control\/sums$/),
      expect.stringMatching(/ control\/manifest$/),
      '-rw-r--r-- 0/0 0 2000-01-01 00:00:00 new/a',
      '-rw-r--r-- 0/0 0 2000-01-01 00:00:00 new/b/c',
    ]);
  });

  test('has the same bytes for the same files, whatever their times and folder', async () => {
    const [one, two] = [await oddTree(), await oddTree()];
    const files = [(await pack(await artifactOf(one))).file, (await pack(await artifactOf(two))).file];
    const [first, second] = await Promise.all(files.map((file) => readFile(file)));
    expect(first!.equals(second!)).toBe(true);
  });

  test.each(['small', 'large', 'link', 'gone'])(
    'is refused, and leaves no file, when a %s file changed after hashing',
    async (kind) => {
      const tree = await temporaryFolder();
      await writeFiles(tree, { small: 'a', large: Buffer.alloc(2_000_000), gone: 'b' });
      await symlink('small', join(tree, 'link'));
      const artifact = await artifactOf(tree);
      if (kind === 'small') await writeFile(join(tree, 'small'), 'b');
      if (kind === 'large') await truncate(join(tree, 'large'), 1_500_000);
      if (kind === 'link') await exec('ln', ['-sfn', 'large', join(tree, 'link')]);
      if (kind === 'gone') await exec('rm', [join(tree, 'gone')]);
      const workDir = await temporaryFolder();
      const packing = packPayload({ artifact, delta: delta(undefined, artifact.manifest), workDir });
      await expect(packing).rejects.toMatchObject({
        code: 'SLIP_SOURCE_CHANGED',
        message: expect.stringContaining(kind) as string,
      });
      expect(await readdir(workDir)).toEqual([]);
    },
  );

  test('that is aborted ends with the reason and leaves no file', async () => {
    const artifact = await artifactOf(await oddTree());
    const workDir = await temporaryFolder();
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(
      packPayload({ artifact, delta: delta(undefined, artifact.manifest), workDir, signal }),
    ).rejects.toThrow('enough');
    expect(await readdir(workDir)).toEqual([]);
  });
});

test.each(TARS.filter((tar) => has(tar.split(' ')[0]!)))('%s reads the size of a member of 9 GiB', async (tar) => {
  const file = join(await temporaryFolder(), 'huge.tar.gz');
  await writeFile(file, gzipSync(tarHeader({ path: 'huge', mode: 0o644, size: 9 * 2 ** 30 })));
  const [program = '', ...first] = tar.split(' ');
  const { stdout } = await exec(program, [...first, '-tvzf', file]).catch(
    (error: unknown) => error as { stdout: string },
  );
  expect(stdout).toContain(String(9 * 2 ** 30));
});

test('an upload list may be empty', async () => {
  const manifest = createManifest([entry('a')]);
  const artifact: Artifact = { tree: '/nowhere', manifest, origin: { type: 'dir', dir: '/nowhere' } };
  const payload = await pack(artifact, manifest);
  expect(await readdir(await extract(payload.file, 'tar'))).toEqual(['control']);
});
