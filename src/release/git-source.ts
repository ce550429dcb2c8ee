import { execFile } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { UserError } from '../base/errors.ts';
import { sanitise } from '../base/sanitise.ts';
import type { GitSource } from '../config/settings.ts';
import { checkOut } from '../git/checkout.ts';
import { type Commit, resolveCommit } from '../git/commit.ts';
import { leftOutPaths } from '../git/dirty.ts';
import { type Environment, withoutRepository } from '../git/environment.ts';
import { openRepository, type Repository } from '../git/repository.ts';
import type { Artifact } from './artifact.ts';
import { ArtifactCache, type BuiltTree, remove } from './artifact-cache.ts';
import { runBuild } from './build.ts';
import { folderIn, foldersBeside } from './folder-in.ts';
import { hashTree } from './hash-tree.ts';
import type { BuildArtifactOptions } from './source.ts';

type GitOptions = Omit<BuildArtifactOptions, 'source'> & { readonly source: GitSource };

const BUILD_TIMEOUT_MS = 30 * 60_000;
/** Left out paths that are named one by one. */
const NAMED = 20;

/** Checks the commit out beside the user's tree, builds it there, and keeps the output for the next stage or try. */
export async function buildFromGit(options: GitOptions): Promise<Artifact> {
  const { source, ref = source.ref, signal, cacheDir } = options;
  const repository = await openRepository(source.repository, signal);
  const commit = await resolveCommit(repository, ref, signal);
  const looking = leftOutPaths(repository, commit, signal);
  looking.catch(() => undefined); // the build's own failure is told first
  const cache = new ArtifactCache(cacheDir);
  const env = { ...withoutRepository(process.env), SLIPWAY_REVISION: commit.id };
  const key = ArtifactCache.key(await keyParts(source, commit, env));
  const built = (await cache.find(key)) ?? (await build({ ...options, repository, commit, env, cache, key }));
  const leftOut = await looking;
  // Tidying up is no reason to fail: the next run tries again.
  await cache.prune(Date.now()).catch(() => undefined);
  return {
    ...built,
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

interface Build extends GitOptions {
  readonly repository: Repository;
  readonly commit: Commit;
  readonly env: Environment;
  readonly cache: ArtifactCache;
  readonly key: string;
}

async function build({ source, commit, cache, key, ...options }: Build): Promise<BuiltTree> {
  const work = await cache.workFolder();
  const { signal, onOutput = () => undefined, timeoutMs = BUILD_TIMEOUT_MS } = options;
  try {
    const checkout = join(await realpath(work), 'checkout');
    const made = await checkOut({ repository: options.repository, commit: commit.id, into: checkout, signal });
    const app =
      (await folderIn(checkout, source.subdir)) ?? (await missing('subdir', { checkout, commit, path: source.subdir }));
    await runBuild({ commands: source.build, cwd: app, env: options.env, timeoutMs, signal, onOutput });
    const path = join(source.subdir, source.output);
    const output = (await folderIn(checkout, path)) ?? (await missing('output', { checkout, commit, path }));
    await Promise.all(made.map(remove));
    const label = path === '.' ? `commit ${commit.id.slice(0, 7)}` : `${path} of commit ${commit.id.slice(0, 7)}`;
    const manifest = await hashTree(output, { exclude: source.exclude, label, signal });
    return await cache.keep(key, { tree: output, manifest });
  } finally {
    // What cannot be removed now is found by a later run.
    await remove(work).catch(() => undefined);
  }
}

/** What is looked for where, for the two ways in which it can be missing. */
const MISSING = {
  subdir: {
    code: 'SLIP_NO_SUBDIR',
    setting: 'source.subdir',
    mend: 'Set source.subdir to a folder that is committed.',
  },
  output: {
    code: 'SLIP_NO_OUTPUT',
    setting: 'source.output',
    mend: 'See that source.build makes it, and that source.output names it.',
  },
} as const;

async function missing(
  what: keyof typeof MISSING,
  { checkout, commit, path }: { checkout: string; commit: Commit; path: string },
): Promise<never> {
  const { code, setting, mend } = MISSING[what];
  const { meant, folders } = await foldersBeside(checkout, path);
  const hint = meant === undefined ? '' : ` Did you mean ${sanitise(meant)}?`;
  throw new UserError({
    code,
    message: `${setting}: there is no folder ${sanitise(path)} in commit ${commit.id.slice(0, 7)}.${hint}`,
    detail: folders.length === 0 ? [] : [`folders there: ${folders.slice(0, 20).map(sanitise).join(', ')}`],
    mend,
  });
}
