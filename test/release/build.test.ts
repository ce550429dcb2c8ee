import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { buildArtifact } from '../../src/release/source.ts';
import { sampleRepository, temporaryFolder } from '../git/sample.ts';
import { build, gitSource } from './building.ts';

const exec = promisify(execFile);

describe('a build', () => {
  test('that fails ends with its command, status and last lines, and is not kept', async () => {
    const sample = await sampleRepository();
    const cacheDir = await temporaryFolder();
    const command = 'seq 1 30; printf "no\\033[31m newline"; exit 3';
    const error: unknown = await build(gitSource(sample, { build: [command, 'touch never'] }), { cacheDir }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'SLIP_BUILD_FAILED', message: expect.stringContaining('exit 3') as string });
    const { detail } = error as { detail: string[] };
    expect(detail).toHaveLength(20);
    expect(detail.at(-1)).toBe('no newline');
    expect(await readdir(join(cacheDir, 'work'))).toEqual([]);
  });

  test('that takes too long is ended with all it started', async () => {
    const sample = await sampleRepository();
    const mark = `slipway-test-${process.pid}`;
    const source = gitSource(sample, { build: [`sh -c 'sleep 60; : ${mark}' & wait`] });
    await expect(build(source, { timeoutMs: 200 })).rejects.toMatchObject({
      code: 'SLIP_BUILD_FAILED',
      message: expect.stringContaining('no end after 0.2s') as string,
    });
    await expect.poll(async () => (await exec('ps', ['-eo', 'args'])).stdout.includes(mark)).toBe(false);
  });

  test('that is aborted ends with the reason and leaves nothing in the cache', async () => {
    const sample = await sampleRepository();
    const cacheDir = await temporaryFolder();
    const abort = new AbortController();
    const onOutput = (line: string) => {
      if (line === 'ready') abort.abort(new Error('enough'));
    };
    const source = gitSource(sample, { build: ['echo ready; sleep 60'] });
    await expect(buildArtifact({ source, cacheDir, signal: abort.signal, onOutput })).rejects.toThrow('enough');
    expect(await readdir(join(cacheDir, 'work'))).toEqual([]);
  });

  test('that leaves a daemon behind does not hold the deploy up', async () => {
    const sample = await sampleRepository();
    const started = performance.now();
    await build(gitSource(sample, { build: ['setsid sleep 20 & echo built'] }));
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test('shows what a terminal would: no sequences, and of a progress bar the end', async () => {
    const sample = await sampleRepository();
    const lines: string[] = [];
    await build(gitSource(sample, { build: ["printf '10%%\\r50%%\\r100%%\\n\\033]0;title\\007ok\\r\\n'"] }), { lines });
    expect(lines.slice(1)).toEqual(['100%', 'ok']);
  });

  test('has no terminal to ask on', async () => {
    const sample = await sampleRepository();
    const lines: string[] = [];
    await build(gitSource(sample, { build: ['read answer; echo "got <$answer>"'] }), { lines });
    expect(lines.at(-1)).toBe('got <>');
  });
});
