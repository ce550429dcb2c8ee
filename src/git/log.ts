import { sanitise } from '../base/sanitise.ts';
import { readCommit } from './commit.ts';
import { openObjects } from './objects.ts';
import { git, type GitPlace, tryGit } from './run.ts';

/** A commit as a list shows it; all of its text is fit for a terminal. */
export interface LoggedCommit {
  readonly revision: string;
  /** As many of its first digits as tell it from all others. */
  readonly short: string;
  readonly subject: string;
  readonly author: string;
  /** When it was committed, ms since 1970. */
  readonly at: number;
}

/** `git log` in lines that no message, name or setting of the user can break. `more`: another field of git's formats. */
export function logging(...more: readonly string[]): readonly string[] {
  const fields = ['%H', '%h', '%ct', '%an', '%s', ...more];
  return ['log', '--no-show-signature', '--encoding=UTF-8', `--format=${fields.join('%x00')}`];
}

export interface LogLine {
  readonly commit: LoggedCommit;
  /** What was asked for beside it, as git said it. */
  readonly more: readonly string[];
}

/** What `logging` had git write. */
export function readLog(output: string): readonly LogLine[] {
  return output.split('\n').flatMap((line) => {
    const [revision = '', short = '', seconds, author = '', subject, ...more] = line.split('\0');
    if (subject === undefined) return [];
    const told = { subject: sanitise(subject), author: sanitise(author) };
    return [{ commit: { revision, short, at: Number(seconds) * 1000, ...told }, more }];
  });
}

/** Two commits, by their full ids. */
export interface Ends {
  readonly from: string;
  readonly to: string;
}

/** How many are told with a plan. */
const TOLD = 20;

/**
 * "1f0755f Greet in three languages": the commits that a release brings, newest first. Empty when git does not know one of
 * them, as on a shallow clone: this is a courtesy, not a check.
 */
export async function commitsBetween(folder: string, ends: Ends): Promise<readonly string[]> {
  if (![ends.from, ends.to].every(isId)) return [];
  const answer = await tryGit({ cwd: folder }, between(ends, TOLD));
  return answer.exitCode === 0 ? readLog(answer.stdout).map(({ commit }) => `${commit.short} ${commit.subject}`) : [];
}

/** The newest of some commits, newest first, and how many others there are. */
export interface CommitList {
  readonly commits: readonly LoggedCommit[];
  readonly more: number;
}

export type Comparison =
  | {
      readonly type: 'compared';
      /** Commits of `to` that `from` lacks. */
      readonly brings: CommitList;
      /** Commits of `from` that `to` lacks: what a way back undoes, and what the branch of somebody else never had. */
      readonly takesAway: CommitList;
    }
  /** Ids that git does not know to be commits here. */
  | { readonly type: 'unknown'; readonly ids: readonly string[] };

/** How many are told of each side. */
const LISTED = 200;

/** What going from one commit to the other brings and takes away. */
export async function compareCommits(place: GitPlace, { from, to }: Ends): Promise<Comparison> {
  const ids = await unknownOf(place, [...new Set([from, to])]);
  if (ids.length > 0) return { type: 'unknown', ids };
  const [brings, takesAway] = await Promise.all([
    listBetween(place, { from, to }),
    listBetween(place, { from: to, to: from }),
  ]);
  return { type: 'compared', brings, takesAway };
}

async function unknownOf({ cwd, signal }: GitPlace, ids: readonly string[]): Promise<readonly string[]> {
  const objects = openObjects(cwd, signal);
  try {
    const found = await Promise.all(ids.map(async (id) => (isId(id) ? readCommit(objects, id) : undefined)));
    signal?.throwIfAborted();
    return ids.filter((_, index) => found[index] === undefined);
  } finally {
    objects.close();
  }
}

async function listBetween(place: GitPlace, ends: Ends): Promise<CommitList> {
  const commits = readLog(await git(place, between(ends, LISTED + 1))).map(({ commit }) => commit);
  if (commits.length <= LISTED) return { commits, more: 0 };
  // a walk through all of it, so only where there is a rest to count
  const all = Number(await git(place, ['rev-list', '--count', range(ends), '--']));
  return { commits: commits.slice(0, LISTED), more: all - LISTED };
}

function between(ends: Ends, most: number): readonly string[] {
  return [...logging(), `--max-count=${most}`, range(ends), '--'];
}

function range({ from, to }: Ends): string {
  return `${from}..${to}`;
}

function isId(text: string): boolean {
  return /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}
