import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../base/errors.ts';
import { sanitise } from '../base/sanitise.ts';
import type { GitSource } from '../config/settings.ts';
import { checkOut } from '../git/checkout.ts';
import type { Environment } from '../git/environment.ts';
import type { Repository } from '../git/repository.ts';
import { ArtifactCache, type BuiltTree, type CommitOfLine, remove } from './artifact-cache.ts';
import { runBuild } from './build.ts';
import { folderIn, foldersBeside } from './folder-in.ts';
import { hashTree } from './hash-tree.ts';

/** A commit that becomes an artifact, and with what. */
export interface CommitWork {
  readonly source: GitSource;
  readonly repository: Repository;
  readonly commit: string;
  readonly env: Environment;
  readonly cache: ArtifactCache;
  readonly key: string;
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onOutput?: (line: string) => void;
}

const BUILD_TIMEOUT_MS = 30 * 60_000;

/** Checks the commit out beside the user's tree, builds it there, and keeps the output for the next stage or try. */
export async function buildCommit(work: CommitWork): Promise<BuiltTree> {
  const { source, commit, cache, signal } = work;
  return inWorkFolder(cache, async (folder) => {
    const { output, path, verbatim } = await layOutput(work, folder);
    const label = path === '.' ? `commit ${commit.slice(0, 7)}` : `${path} of commit ${commit.slice(0, 7)}`;
    const manifest = await hashTree(output, { exclude: source.exclude, label, signal });
    const blobsOf = verbatim && source.build.length === 0 ? commitOfLine(work) : undefined;
    return cache.keep(work.key, { tree: output, manifest, blobsOf });
  });
}

export function commitOfLine({ repository, source, commit }: CommitWork): CommitOfLine {
  const { subdir, output, exclude } = source;
  return { line: ArtifactCache.key([repository.commonDir, subdir, output, exclude]), commit };
}

/** The folder is gone afterwards; what cannot be removed now is found by a later run. */
export async function inWorkFolder<T>(cache: ArtifactCache, act: (folder: string) => Promise<T>): Promise<T> {
  const folder = await cache.workFolder();
  try {
    return await act(folder);
  } finally {
    await remove(folder).catch(() => undefined);
  }
}

interface Output {
  /** The folder that becomes the release. */
  readonly output: string;
  /** Where it is in the checkout. */
  readonly path: string;
  readonly verbatim: boolean;
}

/** Checks out and builds. */
export async function layOutput(work: CommitWork, folder: string): Promise<Output> {
  const { source, repository, commit, env, signal, onOutput = () => undefined, timeoutMs = BUILD_TIMEOUT_MS } = work;
  const checkout = join(await realpath(folder), 'checkout');
  const { gitFolders, verbatim } = await checkOut({ repository, commit, into: checkout, signal });
  const { subdir } = source;
  const app = (await folderIn(checkout, subdir)) ?? (await missing('subdir', { checkout, commit, path: subdir }));
  await runBuild({ commands: source.build, cwd: app, env, timeoutMs, signal, onOutput });
  const path = join(subdir, source.output);
  const output = (await folderIn(checkout, path)) ?? (await missing('output', { checkout, commit, path }));
  await Promise.all(gitFolders.map(remove));
  return { output, path, verbatim };
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
  { checkout, commit, path }: { checkout: string; commit: string; path: string },
): Promise<never> {
  const { code, setting, mend } = MISSING[what];
  const { meant, folders } = await foldersBeside(checkout, path);
  const hint = meant === undefined ? '' : ` Did you mean ${sanitise(meant)}?`;
  throw new UserError({
    code,
    message: `${setting}: there is no folder ${sanitise(path)} in commit ${commit.slice(0, 7)}.${hint}`,
    detail: folders.length === 0 ? [] : [`folders there: ${folders.slice(0, 20).map(sanitise).join(', ')}`],
    mend,
  });
}
