import { sanitise } from '../base/sanitise.ts';
import { commitId, type Commit } from './commit.ts';
import type { Repository } from './repository.ts';
import { git, words } from './run.ts';

/** Paths that differ from HEAD, untracked ones too: what stays behind when HEAD is deployed. Empty for another commit. */
export async function leftOutPaths(repository: Repository, commit: Commit, signal?: AbortSignal): Promise<string[]> {
  if (repository.top === undefined) return [];
  if ((await commitId(repository, 'HEAD', signal)) !== commit.id) return [];
  const status = [
    'status',
    '--porcelain=v1',
    '-z',
    '--no-renames',
    '--untracked-files=normal',
    '--ignore-submodules=none',
  ];
  return words(await git({ cwd: repository.top, signal }, status)).map((line) => sanitise(line.slice(3)));
}
