import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitSource } from '../../src/config/settings.ts';
import type { Artifact } from '../../src/release/artifact.ts';
import { buildArtifact, type BuildArtifactOptions } from '../../src/release/source.ts';
import { temporaryFolder, type SampleRepository } from '../git/sample.ts';

export function gitSource(sample: SampleRepository, more: Partial<GitSource> = {}): GitSource {
  const whole = { ref: 'HEAD', subdir: '.', build: [], output: '.', exclude: [] };
  return { type: 'git', repository: sample.folder, ...whole, ...more };
}

type Options = Partial<BuildArtifactOptions> & { readonly lines?: string[] };

/** Builds with a cache of its own, unless one is given. */
export async function build(
  source: BuildArtifactOptions['source'],
  { lines, ...options }: Options = {},
): Promise<Artifact> {
  const cacheDir = options.cacheDir ?? (await temporaryFolder());
  return buildArtifact({ source, onOutput: (line) => lines?.push(line), ...options, cacheDir });
}

export const paths = ({ manifest }: Artifact) => manifest.entries.map(({ path }) => path);
export const content = ({ tree }: Artifact, path: string) => readFile(join(tree, path), 'utf8');
