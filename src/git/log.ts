import { sanitise } from '../base/sanitise.ts';
import { tryGit } from './run.ts';

/** How many are told; the count of the rest would need a walk through all of history. */
const TOLD = 20;

/**
 * "1f0755f Greet in three languages": the commits that a release brings, newest first. Empty when git does not know one of
 * them, as on a shallow clone: this is a courtesy, not a check.
 */
export async function commitsBetween(
  folder: string,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<readonly string[]> {
  if (![from, to].every((id) => /^[0-9a-f]{40,64}$/.test(id))) return [];
  const answer = await tryGit({ cwd: folder }, [
    'log',
    `--max-count=${TOLD}`,
    '--encoding=UTF-8',
    '--format=%h %s',
    `${from}..${to}`,
    '--',
  ]);
  return answer.exitCode === 0 ? answer.stdout.split('\n').filter(Boolean).map(sanitise) : [];
}
