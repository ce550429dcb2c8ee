import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { hashTree } from '../../src/release/hash-tree.ts';
import { type Files, temporaryFolder, writeFiles } from '../git/sample.ts';
import { artifactOf, exec, extract, pack } from './packed.ts';

describe('a payload for a host with zstd', () => {
  const text = (seed: number) =>
    Array.from({ length: 600 }, (_, line) => `const value${line} = compute(${(line * seed) % 9973});`).join('\n');
  const small: Files = { a: text(7919), b: text(104_729), same: 'x' };

  async function versions() {
    const [baseTree, tree] = [await temporaryFolder(), await temporaryFolder()];
    await writeFiles(baseTree, { ...small, 'bundle.1.js': text(31) });
    await writeFiles(tree, { ...small, a: `${small['a'] as string}\nnew`, 'bundle.2.js': `${text(31)}\nnew` });
    const [base, artifact] = [await hashTree(baseTree, { exclude: [] }), await artifactOf(tree)];
    return { base, baseTree, artifact };
  }

  test('is packed by it, at once as when it is streamed', async () => {
    const tree = await temporaryFolder();
    await writeFiles(tree, small);
    const little = await pack(await artifactOf(tree), undefined, { codec: 'zstd' });
    await writeFiles(tree, { big: randomBytes(6 << 20) });
    const artifact = await artifactOf(tree);
    const much = await pack(artifact, undefined, { codec: 'zstd' });
    expect([little.codec, much.codec]).toEqual(['zstd', 'zstd']);
    const into = await unpackZstd(much.file);
    expect(await hashTree(join(into, 'new'), { exclude: [] })).toEqual(artifact.manifest);
    await much.dispose();
  });

  test('tells what changes against what was, in a tenth of the bytes', async () => {
    const { base, baseTree, artifact } = await versions();
    const alone = await pack(artifact, base, { base });
    const payload = await pack(artifact, base, { base, baseTree, codec: 'zstd' });
    // a renamed bundle is told by the one that goes
    expect(payload.against).toEqual(['a', 'bundle.1.js']);
    expect(payload.bytes).toBeLessThan(alone.bytes / 5);
    const old = join(await temporaryFolder(), 'old');
    await writeFile(old, await Promise.all(payload.against.map((path) => readFile(join(baseTree, path)))));
    const into = await unpackZstd(payload.file, ['-D', old]);
    expect(await readFile(join(into, 'new/bundle.2.js'), 'utf8')).toBe(`${text(31)}\nnew`);
  });

  test('stands alone where the old files are not here, or are no longer what they were', async () => {
    const { base, baseTree, artifact } = await versions();
    expect((await pack(artifact, base, { base, codec: 'zstd' })).against).toEqual([]);
    await writeFile(join(baseTree, 'a'), 'edited');
    expect((await pack(artifact, base, { base, baseTree, codec: 'zstd' })).against).toEqual([]);
    expect((await pack(artifact, base, { base, baseTree, codec: 'gzip' })).against).toEqual([]);
  });
});

test('what arrived before is told but not sent', async () => {
  const tree = await temporaryFolder();
  await writeFiles(tree, { here: randomBytes(100_000), lacking: 'x' });
  const payload = await pack(await artifactOf(tree), undefined, { kept: new Set(['here']) });
  expect(payload.bytes).toBeLessThan(2000);
  const into = await extract(payload.file, 'tar');
  expect(await readdir(join(into, 'new'))).toEqual(['lacking']);
  expect(await readFile(join(into, 'control/sums'), 'utf8')).toContain('  new/here\n');
});

test('a payload in files of any size stays within a tenth over their gzip, and 4 KB', async () => {
  for (const size of [100, 3000, 20_000]) {
    const [before, after] = [await temporaryFolder(), await temporaryFolder()];
    const many = Object.fromEntries(Array.from({ length: 800 }, (_, n) => [`lib/${n}.js`, `${n}`]));
    const changed = Object.fromEntries(Array.from({ length: 6 }, (_, n) => [`src/${n}.js`, pseudo(size, n)]));
    await writeFiles(before, { ...many, ...Object.fromEntries(Object.keys(changed).map((path) => [path, 'old'])) });
    await writeFiles(after, { ...many, ...changed });
    const base = await hashTree(before, { exclude: [] });
    const payload = await pack(await artifactOf(after), base, { base });
    const floor = gzipSync(Object.values(changed).join('')).length;
    expect(payload.bytes).toBeLessThan(1.1 * floor + 1024);
  }
});

/** Text that compresses about as source code does. */
function pseudo(size: number, seed: number): string {
  let state = seed + 1;
  const word = () => {
    state = (state * 48_271) % 2_147_483_647;
    return `w${(state % 900).toString(36)}`;
  };
  let made = '';
  while (made.length < size) made += `const ${word()} = ${word()}.${word()}(${word()});\n`;
  return made;
}

async function unpackZstd(file: string, more: readonly string[] = []): Promise<string> {
  const into = await temporaryFolder();
  await exec('sh', ['-c', 'into=$1; shift; zstd -dcq "$@" | tar -x -C "$into"', 'sh', into, ...more, file]);
  return into;
}
