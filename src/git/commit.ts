import { UserError } from '../base/errors.ts';
import { nearest } from '../base/nearest.ts';
import { sanitise } from '../base/sanitise.ts';
import type { Repository } from './repository.ts';
import { git, tryGit } from './run.ts';

export interface Commit {
  readonly id: string;
  /** What was asked for. */
  readonly ref: string;
  /** First line of its message and its author's name, fit for a terminal. */
  readonly subject: string;
  readonly author: string;
}

/** The commit that a branch, tag, commit id or revision expression names. Reads only. */
export async function resolveCommit(repository: Repository, ref: string, signal?: AbortSignal): Promise<Commit> {
  const id = await commitId(repository, ref, signal);
  if (id === undefined) throw await missingRef(repository, ref, signal);
  const shown = await git({ cwd: repository.folder, signal }, [
    'log',
    '-1',
    '--no-show-signature',
    '--format=%s%x00%an',
    id,
  ]);
  const [subject = '', author = ''] = shown.replace(/\n$/, '').split('\0').map(sanitise);
  return { id, ref: sanitise(ref), subject, author };
}

export async function commitId(repository: Repository, ref: string, signal?: AbortSignal): Promise<string | undefined> {
  // No ref starts with a dash or holds a control character (git-check-ref-format): these are never handed to git at all.
  if (ref === '' || /^-|[\u0000-\u001f\u007f]/.test(ref)) return undefined;
  const place = { cwd: repository.folder, signal };
  const named = await tryGit(place, ['rev-parse', '--verify', '--quiet', '--end-of-options', ref]);
  if (named.exitCode !== 0) return undefined;
  const peeled = await tryGit(place, ['rev-parse', '--verify', '--quiet', `${named.stdout.trim()}^{commit}`]);
  return peeled.exitCode === 0 ? peeled.stdout.trim() : undefined;
}

async function missingRef(repository: Repository, ref: string, signal?: AbortSignal): Promise<UserError> {
  const place = { cwd: repository.folder, signal };
  const where = sanitise(repository.top ?? repository.gitDir);
  if ((await git(place, ['rev-list', '--max-count=1', '--all'])) === '') {
    return new UserError({
      code: 'SLIP_NO_COMMITS',
      message: `The repository ${where} has no commits yet.`,
      mend: 'Commit what is to be deployed: git add . && git commit',
    });
  }
  const format = '--format=%(refname:short)';
  const listed = await git(place, [
    'for-each-ref',
    format,
    '--sort=-creatordate',
    'refs/heads',
    'refs/tags',
    'refs/remotes',
  ]);
  const refs = listed.split('\n').filter((name) => name !== '');
  const meant = refs.find((name) => name.endsWith(`/${ref}`)) ?? nearest(ref, refs);
  return new UserError({
    code: 'SLIP_NO_REF',
    message: `“${sanitise(ref)}” names no commit in ${where}.`,
    detail: refs.length === 0 ? [] : [`newest refs: ${refs.slice(0, 8).map(sanitise).join(', ')}`],
    mend:
      meant === undefined
        ? 'Give a branch, a tag or a commit id; `git fetch --tags` when it is new.'
        : `Did you mean ${sanitise(meant)}?`,
  });
}
