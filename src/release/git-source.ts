import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { GitSource } from '../config/settings.ts';
import { type Commit, resolveCommit } from '../git/commit.ts';
import { leftOutPaths } from '../git/dirty.ts';
import { type Environment, withoutRepository } from '../git/environment.ts';
import { type Objects, openObjects } from '../git/objects.ts';
import { openRepository } from '../git/repository.ts';
import type { Artifact } from './artifact.ts';
import { ArtifactCache } from './artifact-cache.ts';
import { buildCommit, type CommitWork } from './build-commit.ts';
import { growFromEarlier, layMissing } from './grow.ts';
import type { ManifestEntry } from './manifest.ts';
import type { BuildArtifactOptions } from './source.ts';

type GitOptions = Omit<BuildArtifactOptions, 'source'> & { readonly source: GitSource };

/** Left out paths that are named one by one. */
const NAMED = 20;

/**
 * The artifact of a commit: from the cache, from an earlier one and what changed since, or checked out beside the user's
 * tree and built there.
 */
export async function buildFromGit(options: GitOptions): Promise<Artifact> {
  const objects = openObjects(options.source.repository, options.signal);
  try {
    return await artifactOf(options, objects);
  } finally {
    objects.close();
  }
}

async function artifactOf(options: GitOptions, objects: Objects): Promise<Artifact> {
  const { source, ref = source.ref, signal, cacheDir } = options;
  const repository = await openRepository(source.repository, signal);
  const commit = await resolveCommit(repository, ref, { objects, signal });
  const looking = leftOutPaths(repository, commit, { objects, signal });
  looking.catch(() => undefined); // the build's own failure is told first
  const cache = new ArtifactCache(cacheDir);
  const env = { ...withoutRepository(process.env), SLIPWAY_REVISION: commit.id };
  const key = ArtifactCache.key(await keyParts(source, commit, env));
  const work: CommitWork = { ...options, repository, commit: commit.id, env, cache, key };
  const built = (await cache.find(key)) ?? (await growFromEarlier(work, objects)) ?? (await buildCommit(work));
  const leftOut = await looking;
  // Tidying up is no reason to fail: the next run tries again.
  await cache.prune(Date.now()).catch(() => undefined);
  return {
    tree: built.tree,
    manifest: built.manifest,
    ...(built.grownFrom ? { grownFrom: built.grownFrom } : {}),
    ...(built.blobsOf ? { lay: oneAtATime((entries) => layMissing(work, built.tree, entries)) } : {}),
    origin: {
      type: 'git',
      revision: commit.id,
      ref: commit.ref,
      subject: commit.subject,
      author: commit.author,
      leftOut: leftOut.slice(0, NAMED),
      leftOutCount: leftOut.length,
    },
  };
}

/** Everything that decides what a build makes. Versions of Node differ in what native modules they build. */
async function keyParts(source: GitSource, commit: Commit, env: Environment): Promise<readonly unknown[]> {
  const { subdir, build, output, exclude } = source;
  const builder = build.length === 0 ? [] : [await nodeVersion(env), process.platform, process.arch];
  return [1, commit.id, subdir, build, output, exclude, builder];
}

/** Of the node that build commands find, which need not be the one that runs slipway. */
async function nodeVersion(env: Environment): Promise<string> {
  const { stdout } = await promisify(execFile)('node', ['-v'], { env }).catch(() => ({ stdout: 'none' }));
  return stdout.trim();
}

/** Two payloads may lack the same file: the second call finds what the first has laid down. */
function oneAtATime(lay: (entries: readonly ManifestEntry[]) => Promise<void>) {
  let last: Promise<void> = Promise.resolve();
  return (entries: readonly ManifestEntry[]): Promise<void> => {
    last = last.catch(() => undefined).then(() => lay(entries));
    return last;
  };
}
