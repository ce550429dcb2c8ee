import { realpath, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { UserError } from '../base/errors.ts';
import { sanitise } from '../base/sanitise.ts';
import type { DirSource, SourceSettings } from '../config/settings.ts';
import type { Artifact } from './artifact.ts';
import { foldersBeside } from './folder-in.ts';
import { buildFromGit } from './git-source.ts';
import { hashTree } from './hash-tree.ts';

export interface BuildArtifactOptions {
  readonly source: SourceSettings;
  /** Overrides the source's own ref. */
  readonly ref?: string | undefined;
  /** Where built trees are kept between runs. */
  readonly cacheDir: string;
  /** For each build command; half an hour when left out. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Lines of the build, fit for a terminal. Silent when the artifact was built before. */
  readonly onOutput?: (line: string) => void;
}

/** Makes the artifact of a source: a commit, checked out and built here, or a folder as it is. */
export async function buildArtifact({ source, ...options }: BuildArtifactOptions): Promise<Artifact> {
  return source.type === 'git' ? buildFromGit({ ...options, source }) : readFolder(source, options);
}

/** The folder itself is the tree, nothing is copied: packing hashes every file once more and so notices later changes. */
async function readFolder(
  { dir, exclude }: DirSource,
  options: Omit<BuildArtifactOptions, 'source'>,
): Promise<Artifact> {
  if (options.ref !== undefined) {
    throw new UserError({
      code: 'SLIP_REF_OF_FOLDER',
      message: `The source is the folder ${sanitise(dir)}, which has no ref “${sanitise(options.ref)}”.`,
      mend: 'Leave --ref out, or set source.git in hosts.json.',
    });
  }
  const found = await stat(dir).catch(() => undefined);
  if (!found?.isDirectory()) throw await missingFolder(dir);
  const tree = await realpath(dir);
  const manifest = await hashTree(tree, { exclude, label: dir, signal: options.signal });
  return { tree, manifest, origin: { type: 'dir', dir } };
}

async function missingFolder(dir: string): Promise<UserError> {
  const { meant } = await foldersBeside(dirname(dir), basename(dir));
  const hint = meant === undefined ? '' : ` Did you mean ${sanitise(meant)}?`;
  return new UserError({
    code: 'SLIP_SOURCE_MISSING',
    message: `source.dir is ${sanitise(dir)}, and there is no such folder.${hint}`,
    mend: 'Build it first, or set source.dir to the folder that holds what is to be released.',
  });
}
