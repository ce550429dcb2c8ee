import { stat } from 'node:fs/promises';
import { UserError } from '../base/errors.ts';
import { sanitise } from '../base/sanitise.ts';
import { git, type GitPlace, tryGit } from './run.ts';

/** A git repository on this machine. */
export interface Repository {
  /** The folder it was opened with; messages name this. */
  readonly folder: string;
  /** Root of the working tree; undefined for a bare repository. */
  readonly top: string | undefined;
  /** Of this working tree: HEAD and index. */
  readonly gitDir: string;
  /** Shared by all working trees: objects, refs, modules. */
  readonly commonDir: string;
}

/** Finds the repository that `folder` is in. */
export async function openRepository(folder: string, signal?: AbortSignal): Promise<Repository> {
  const kind = await stat(folder).catch(() => undefined);
  if (!kind?.isDirectory()) {
    throw new UserError({
      code: 'SLIP_NO_REPOSITORY',
      message: `source.git is ${sanitise(folder)}, and there is no such folder.`,
      mend: 'Set source.git to the folder of the repository, seen from hosts.json.',
    });
  }
  const place = { cwd: folder, signal };
  const all = await tryGit(place, ['rev-parse', '--path-format=absolute', ...PARTS]);
  const [gitDir, commonDir, worktree, ...more] = all.stdout.split(/\r?\n/);
  if (all.exitCode === 0 && more.length === 1) return { folder, top: worktree, gitDir: gitDir!, commonDir: commonDir! };
  return openPartByPart(folder, place);
}

const PARTS = ['--git-dir', '--git-common-dir', '--show-toplevel'];

/** For bare repositories, paths that hold line ends, and what is none. */
async function openPartByPart(folder: string, place: GitPlace): Promise<Repository> {
  const found = await tryGit(place, ['rev-parse', '--path-format=absolute', '--git-dir']);
  if (found.exitCode !== 0) throw notARepository(folder, found.said);
  const top = await tryGit(place, ['rev-parse', '--path-format=absolute', '--show-toplevel']);
  return {
    folder,
    top: top.exitCode === 0 ? line(top.stdout) : undefined,
    gitDir: line(found.stdout),
    commonDir: line(await git(place, ['rev-parse', '--path-format=absolute', '--git-common-dir'])),
  };
}

/**
 * Variables that bind a command to the repository and to nothing else. The working tree is named too: that of a submodule
 * may be gone, and git refuses to start beside a missing one.
 */
export function boundTo({ gitDir }: Pick<Repository, 'gitDir'>, workTree = gitDir): Readonly<Record<string, string>> {
  return { GIT_DIR: gitDir, GIT_WORK_TREE: workTree };
}

function notARepository(folder: string, said: readonly string[]): UserError {
  return new UserError({
    code: 'SLIP_NO_REPOSITORY',
    message: `${sanitise(folder)} is not a git repository that can be used.`,
    detail: said,
    mend: 'Set source.git to a repository (`git init` and a first commit make one), or deploy a folder with "source": {"dir": …}.',
  });
}

/** An output of one line; a path may hold any character but its own end. */
function line(output: string): string {
  return output.replace(/\r?\n$/, '');
}
