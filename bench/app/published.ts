import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDir } from '../../test/hosts/places.ts';
import { command } from '../measuring/command.ts';
import type { Release, WriteRelease } from './app.ts';

/**
 * Three releases of a public package: 753 files and 7.5 MB; the second changes 4 files, the third a quarter of them. Nothing
 * of it is run.
 */
const PACKAGE = 'webpack';
const VERSIONS: Readonly<Record<Release, string>> = { first: '5.108.2', small: '5.108.3', big: '5.109.2' };

export const PUBLISHED_ORIGIN = `${PACKAGE} ${VERSIONS.first}, ${VERSIONS.small} and ${VERSIONS.big} as npm has them`;

/** Fetches the packages once; the way to write them. Throws where the registry cannot be reached. */
export async function published(repository: string, signal: AbortSignal): Promise<WriteRelease> {
  const archives = join(cacheDir, 'bench-packages');
  await mkdir(archives, { recursive: true });
  const archiveOf = (release: Release) => join(archives, `${PACKAGE}-${VERSIONS[release]}.tgz`);
  const missing = (Object.keys(VERSIONS) as Release[]).filter((release) => !existsSync(archiveOf(release)));
  const wanted = missing.map((release) => `${PACKAGE}@${VERSIONS[release]}`);
  if (wanted.length > 0)
    await command(['npm', 'pack', '--silent', '--pack-destination', archives, ...wanted], { signal });
  return async (release) => {
    const old = (await readdir(repository)).filter((name) => name !== '.git');
    await Promise.all(old.map((name) => rm(join(repository, name), { recursive: true })));
    // --touch: all files of all npm packages are of the same moment of 1985
    const unpack = ['tar', '--extract', '--gzip', '--touch', '--strip-components=1', '--no-same-owner'];
    await command([...unpack, '--file', archiveOf(release), '--directory', repository], { signal });
  };
}
