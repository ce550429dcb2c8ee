import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, truncate, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { GitSource } from '../../src/config/settings.ts';
import {
  emptyRepository,
  sampleRepository,
  temporaryFolder,
  writeFiles,
  type SampleRepository,
} from '../git/sample.ts';
import { build, content, gitSource } from './building.ts';

describe('the cache', () => {
  const counted = (sample: SampleRepository, log: string): GitSource =>
    gitSource(sample, { build: [`echo built >>${log}; date +%N >stamp`] });
  const builds = async (log: string) => (await readFile(log, 'utf8')).split('\n').length - 1;

  test('gives the same tree for the same commit and settings without building again', async () => {
    const [sample, cacheDir, log] = [
      await sampleRepository(),
      await temporaryFolder(),
      join(await temporaryFolder(), 'log'),
    ];
    const first = await build(counted(sample, log), { cacheDir });
    expect(await build(counted(sample, log), { cacheDir })).toEqual(first);
    expect(await builds(log)).toBe(1);
  });

  test.each<[string, Partial<GitSource>]>([
    ['build commands', { build: ['true'] }],
    ['exclude', { exclude: ['x'] }],
    ['subdir', { subdir: 'sub' }],
    ['output', { output: 'sub' }],
  ])('keeps artifacts apart that differ in %s', async (_, more) => {
    const sample = await sampleRepository({ 'sub/a': '', x: '' });
    const cacheDir = await temporaryFolder();
    await build(gitSource(sample), { cacheDir });
    await build(gitSource(sample, more), { cacheDir });
    expect(await readdir(join(cacheDir, 'artifacts'))).toHaveLength(2);
  });

  test.each(['a file is gone', 'a file was cut', 'the manifest was cut', 'the marker is gone'])(
    'builds again when %s',
    async (damage) => {
      const [sample, cacheDir, log] = [
        await sampleRepository(),
        await temporaryFolder(),
        join(await temporaryFolder(), 'log'),
      ];
      const { tree } = await build(counted(sample, log), { cacheDir });
      if (damage === 'a file is gone') await rm(join(tree, 'app.js'));
      if (damage === 'a file was cut') await truncate(join(tree, 'app.js'), 1);
      if (damage === 'the manifest was cut') await truncate(join(dirname(tree), 'manifest'), 10);
      if (damage === 'the marker is gone') await rm(join(dirname(tree), 'complete'));
      const again = await build(counted(sample, log), { cacheDir });
      expect(await content(again, 'app.js')).toBe('run();\n');
      expect(await builds(log)).toBe(2);
      await build(counted(sample, log), { cacheDir });
      expect(await builds(log)).toBe(2);
    },
  );

  test('gives concurrent builds of the same key one whole tree', async () => {
    const [sample, cacheDir, log] = [
      await sampleRepository(),
      await temporaryFolder(),
      join(await temporaryFolder(), 'log'),
    ];
    const artifacts = await Promise.all(Array.from({ length: 6 }, () => build(counted(sample, log), { cacheDir })));
    for (const artifact of artifacts) expect(artifact).toEqual(artifacts[0]);
    expect(await readdir(join(cacheDir, 'work'))).toEqual([]);
    expect(await readdir(artifacts[0]!.tree)).toEqual(['app.js', 'stamp']);
  });

  test('keeps the ten used last and what was used within the hour, and drops the rest', async () => {
    const [sample, cacheDir] = [await sampleRepository(), await temporaryFolder()];
    const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
    for (let i = 0; i < 14; i += 1) {
      const folder = join(cacheDir, 'artifacts', `old-${i}`);
      await writeFiles(folder, { complete: '' });
      await utimes(join(folder, 'complete'), hoursAgo(i + 2), hoursAgo(i + 2));
    }
    await build(gitSource(sample), { cacheDir });
    const left = await readdir(join(cacheDir, 'artifacts'));
    expect(left).toHaveLength(10);
    expect(left).toContain('old-8');
    expect(left).not.toContain('old-9');
  });

  test('clears what killed runs left, and leaves alone what a living one works in', async () => {
    const [sample, cacheDir] = [await sampleRepository(), await temporaryFolder()];
    const gone = spawn('true');
    await once(gone, 'exit');
    const old = new Date(Date.now() - 2 * 3_600_000);
    for (const name of [`${gone.pid!}-dead`, `${process.pid}-alive`]) {
      await mkdir(join(cacheDir, 'work', name), { recursive: true });
      await utimes(join(cacheDir, 'work', name), old, old);
    }
    await build(gitSource(sample), { cacheDir });
    expect(await readdir(join(cacheDir, 'work'))).toEqual([`${process.pid}-alive`]);
  });

  test('survives a run that is killed at any moment, and the repository shows no trace of it', async () => {
    const [sample, cacheDir] = [await emptyRepository(), await temporaryFolder()];
    await sample.commit(Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`f/${i}`, `${i}`])));
    const source = gitSource(sample, { build: ['true', 'sleep 0.05'] });
    const module = fileURLToPath(new URL('../../src/release/source.ts', import.meta.url));
    const program = `import { buildArtifact } from ${JSON.stringify(module)};
      console.log('go'); await buildArtifact(${JSON.stringify({ source, cacheDir })}); console.log('done');`;
    for (const delay of [20, 60, 100, 140, 180, 220]) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      setTimeout(() => child.kill('SIGKILL'), delay);
      await once(child, 'exit');
    }
    const artifact = await build(source, { cacheDir });
    expect(artifact.manifest.entries).toHaveLength(400);
    expect(await sample.git('worktree', 'list', '--porcelain')).not.toContain(cacheDir);
    expect(await sample.git('status', '--porcelain')).toBe('');
    expect((await sample.git('fsck')).trim()).toBe('');
  }, 30_000);
});
