import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import type { Artifact } from '../../src/release/artifact.ts';
import { delta } from '../../src/release/delta.ts';
import { hashTree } from '../../src/release/hash-tree.ts';
import type { Manifest } from '../../src/release/manifest.ts';
import { type PackOptions, packPayload } from '../../src/release/payload.ts';
import { temporaryFolder } from '../git/sample.ts';

export const exec = promisify(execFile);

export async function artifactOf(tree: string): Promise<Artifact> {
  return { tree, manifest: await hashTree(tree, { exclude: [] }), origin: { type: 'dir', dir: tree } };
}

/** The payload, and a file that holds what goes over the wire. */
export async function pack(artifact: Artifact, base?: Manifest, more: Partial<PackOptions> = {}) {
  const workDir = await temporaryFolder();
  const payload = await packPayload({ artifact, delta: delta(base, artifact.manifest), workDir, ...more });
  const content = await buffer(payload.open());
  expect(content.length).toBe(payload.bytes);
  const file = join(await temporaryFolder(), 'payload.tar');
  await writeFile(file, content);
  return { ...payload, file, content };
}

export async function extract(file: string, command: string): Promise<string> {
  const into = await temporaryFolder();
  const [program = '', ...first] = command.split(' ');
  const { stderr } = await exec(program, [...first, '-xzf', file, '-C', into]);
  expect(stderr).toBe('');
  return into;
}
