import { isUtf8 } from 'node:buffer';
import { UserError } from '../base/errors.ts';
import { nearest } from '../base/nearest.ts';
import { sanitise } from '../base/sanitise.ts';
import { type GitObject, type Objects, openObjects } from './objects.ts';
import type { Repository } from './repository.ts';
import { git, type GitPlace } from './run.ts';

export interface Commit {
  readonly id: string;
  /** What was asked for. */
  readonly ref: string;
  /** First line of its message and its author's name, fit for a terminal. */
  readonly subject: string;
  readonly author: string;
}

export interface Looking {
  /** Asked instead of a process of its own. */
  readonly objects?: Objects | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The commit that a branch, tag, commit id or revision expression names. Reads only. */
export async function resolveCommit(
  repository: Repository,
  ref: string,
  { signal, ...looking }: Looking = {},
): Promise<Commit> {
  const objects = looking.objects ?? openObjects(repository.folder, signal);
  try {
    const found = await readCommit(objects, ref);
    signal?.throwIfAborted();
    if (!found) throw await missingRef(repository, ref, signal);
    const place = { cwd: repository.folder, signal };
    const { subject, author } = headline(found.content) ?? (await loggedHeadline(place, found.id));
    return { id: found.id, ref: sanitise(ref), subject: sanitise(subject), author: sanitise(author) };
  } finally {
    if (objects !== looking.objects) objects.close();
  }
}

/** The commit that a name stands for, through tags too. */
export async function readCommit(objects: Objects, name: string): Promise<GitObject | undefined> {
  // No ref starts with a dash or holds a control character (git-check-ref-format): these are never handed to git at all.
  if (name === '' || /^-|[\u0000-\u001f\u007f]/.test(name)) return undefined;
  const named = await objects.read(name);
  // to be peeled by its id: in `:/words^{commit}` all would be words
  return !named || named.type === 'commit' ? named : objects.read(`${named.id}^{commit}`);
}

interface Headline {
  readonly subject: string;
  readonly author: string;
}

/** As `git log` tells them; undefined for a commit in an encoding that only git knows to read. */
function headline(content: Buffer): Headline | undefined {
  const text = content.toString();
  const end = text.indexOf('\n\n');
  const header = end < 0 ? text : text.slice(0, end);
  if (!isUtf8(content) || /^encoding /m.test(header)) return undefined;
  const lines =
    end < 0
      ? []
      : text
          .slice(end)
          .split('\n')
          .map((line) => line.trimEnd());
  const first = lines.findIndex((line) => line !== '');
  const paragraph = first < 0 ? [] : lines.slice(first);
  const blank = paragraph.indexOf('');
  const author = /^author (.*?) ?<[^<>]*> \d+ [-+]\d+$/m.exec(header)?.[1];
  if (author === undefined) return undefined;
  return { subject: paragraph.slice(0, blank < 0 ? undefined : blank).join(' '), author };
}

async function loggedHeadline(place: GitPlace, id: string): Promise<Headline> {
  const shown = await git(place, ['log', '-1', '--no-show-signature', '--encoding=UTF-8', '--format=%s%x00%an', id]);
  const [subject = '', author = ''] = shown.replace(/\n$/, '').split('\0');
  return { subject, author };
}

async function missingRef(repository: Repository, ref: string, signal?: AbortSignal): Promise<UserError> {
  const place = { cwd: repository.folder, signal };
  if ((await git(place, ['rev-list', '--max-count=1', '--all'])) === '') return noCommits(repository);
  const where = nameOf(repository);
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

export function noCommits(repository: Repository): UserError {
  return new UserError({
    code: 'SLIP_NO_COMMITS',
    message: `The repository ${nameOf(repository)} has no commits yet.`,
    mend: 'Commit what is to be deployed: git add . && git commit',
  });
}

function nameOf({ top, gitDir }: Repository): string {
  return sanitise(top ?? gitDir);
}
