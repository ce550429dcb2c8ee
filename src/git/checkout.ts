import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../base/errors.ts';
import { boundTo, type Repository } from './repository.ts';
import { git, tryGit } from './run.ts';
import { listTree, openSubmodules } from './submodules.ts';
import { isVerbatim } from './verbatim.ts';

export interface CheckoutOptions {
  readonly repository: Repository;
  readonly commit: string;
  /** A folder to be made. */
  readonly into: string;
  readonly signal?: AbortSignal | undefined;
}

export interface Checkout {
  /** The `.git` folders it made. */
  readonly gitFolders: readonly string[];
  /** Every file is its blob, byte for byte: no submodule, no filter, no conversion. */
  readonly verbatim: boolean;
}

// The same bytes on every laptop: no line-end conversion and no attributes of its own, no half tree of a sparse checkout.
const PLAIN = [
  ...['core.autocrlf=false', 'core.eol=lf', 'core.attributesFile=/dev/null'],
  ...['core.sparseCheckout=false', 'core.splitIndex=false'],
];

/**
 * Lays a commit and its submodules down in a folder, with the objects, configuration and filters (LFS, git-crypt) of the
 * user's repository but with an index of its own: HEAD, index, working tree and list of worktrees of the user stay as they
 * are, whenever this is killed, and any number may run at once.
 */
export async function checkOut(options: CheckoutOptions): Promise<Checkout> {
  const { repository, commit, into, signal } = options;
  const own = join(into, '.git');
  await layGitFolder(own, options);
  const env = { ...boundTo(repository, into), GIT_INDEX_FILE: join(own, 'index'), GIT_ATTR_NOSYSTEM: '1' };
  const answer = await tryGit({ cwd: into, env, config: PLAIN, signal }, ['read-tree', '--reset', '-u', commit]);
  if (answer.exitCode !== 0) {
    throw new UserError({
      code: 'SLIP_CHECKOUT_FAILED',
      message: `Commit ${commit.slice(0, 7)} of ${repository.folder} could not be checked out.`,
      detail: answer.said,
      mend: `See whether this works, it takes the same way: git -C ${repository.folder} worktree add --detach /tmp/try ${commit.slice(0, 7)}`,
    });
  }
  const listed = await listTree(options);
  const gitFolders = [own];
  for (const module of await openSubmodules(options, listed)) {
    const made = await checkOut({ ...options, ...module, into: join(into, module.path) });
    gitFolders.push(...made.gitFolders);
  }
  return { gitFolders, verbatim: await isVerbatim(options, listed) };
}

/**
 * A small repository that borrows the user's objects, so that a build may ask `git describe` or `git rev-parse HEAD`. Written
 * by hand rather than with `git init`, which would lay the user's template down, hooks included.
 */
async function layGitFolder(own: string, { repository, commit, signal }: CheckoutOptions): Promise<void> {
  const place = { cwd: repository.folder, env: boundTo(repository), signal };
  const refs = await git(place, ['for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads', 'refs/tags']);
  const sha256 = commit.length === 64;
  const shallow = await readFile(join(repository.commonDir, 'shallow')).catch(() => undefined);
  await mkdir(join(own, 'objects', 'info'), { recursive: true });
  await mkdir(join(own, 'refs'), { recursive: true });
  await Promise.all([
    writeFile(join(own, 'HEAD'), `${commit}\n`),
    writeFile(join(own, 'objects', 'info', 'alternates'), `${quoted(join(repository.commonDir, 'objects'))}\n`),
    writeFile(join(own, 'packed-refs'), refs),
    writeFile(join(own, 'config'), sha256 ? SHA256_CONFIG : SHA1_CONFIG),
    shallow && writeFile(join(own, 'shallow'), shallow),
  ]);
}

const SHA1_CONFIG = '[core]\n\trepositoryFormatVersion = 0\n\tbare = false\n';
const SHA256_CONFIG = '[core]\n\trepositoryFormatVersion = 1\n\tbare = false\n[extensions]\n\tobjectFormat = sha256\n';

/** A path as the alternates file takes it: one that starts with a quote, or holds a newline, in C quotes. */
function quoted(path: string): string {
  if (!/^"|[\n\\]/.test(path)) return path;
  return `"${path.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}
