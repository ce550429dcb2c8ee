import { sanitise } from '../base/sanitise.ts';
import { type Commit, type Looking, readCommit } from './commit.ts';
import { openObjects } from './objects.ts';
import type { Repository } from './repository.ts';
import { git, words } from './run.ts';

/** Paths that differ from HEAD, untracked ones too: what stays behind when HEAD is deployed. Empty for another commit. */
export async function leftOutPaths(
  repository: Repository,
  commit: Commit,
  { signal, ...looking }: Looking = {},
): Promise<string[]> {
  if (repository.top === undefined) return [];
  const objects = looking.objects ?? openObjects(repository.folder, signal);
  const head = await readCommit(objects, 'HEAD');
  if (objects !== looking.objects) objects.close();
  if (head?.id !== commit.id) return [];
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
