import { sanitise } from '../base/sanitise.ts';
import { noCommits } from './commit.ts';
import { type LoggedCommit, logging, type LogLine, readLog } from './log.ts';
import type { Repository } from './repository.ts';
import { git } from './run.ts';

/** Something that can be deployed. All of its text is fit for a terminal. */
export interface DeployRef {
  /** "main", "origin/fix", "v1.2", "1f0755f": for people. What is deployed is the revision: a name may move on. */
  readonly name: string;
  readonly kind: 'branch' | 'tag' | 'commit';
  /** The full id of its commit. */
  readonly revision: string;
  /** Of the commit, as are author and time. */
  readonly subject: string;
  readonly author: string;
  /** When it was committed, ms since 1970. */
  readonly at: number;
}

/** Beyond these, the ones with the oldest commits are left out: who wants them knows their names. */
const MOST_REFS = 2000;
const MOST_COMMITS = 200;

const FOLDERS = ['refs/heads', 'refs/remotes', 'refs/tags'];

// `log` rather than `for-each-ref`: it reads every encoding, goes through tags of tags, passes over what is damaged or is no
// commit, and is quicker with many.
const NAMED = [
  ...[...logging('%D'), '--decorate=full', ...FOLDERS.map((folder) => `--decorate-refs=${folder}`)],
  ...['--no-walk', '--ignore-missing', `--max-count=${MOST_REFS}`, '--branches', '--remotes', '--tags', '--'],
];

// HEAD may be on a branch that has no commit yet
const NEWEST = [...logging(), '--ignore-missing', `--max-count=${MOST_COMMITS}`, '--branches', 'HEAD', '--'];

/**
 * Branches, tags and the newest commits of the branches and of HEAD, newest first. A remote's branch is left out where the
 * local one of that name is at the same commit. Throws UserError when there is no commit at all.
 */
export async function listRefs(repository: Repository, signal?: AbortSignal): Promise<readonly DeployRef[]> {
  const place = { cwd: repository.folder, signal };
  const [named, newest] = await Promise.all([git(place, NAMED), git(place, NEWEST)]);
  const refs = namedRefs(readLog(named)).slice(0, MOST_REFS);
  const commits = readLog(newest).map(({ commit }) => deployRef('commit', commit.short, commit));
  if (refs.length + commits.length === 0) throw noCommits(repository);
  return [...refs, ...commits].sort((a, b) => b.at - a.at);
}

function namedRefs(lines: readonly LogLine[]): readonly DeployRef[] {
  const decorated = lines.map(({ commit, more }) => ({ commit, fullNames: namesIn(more[0] ?? '') }));
  const shortOf = shortNames(decorated.flatMap(({ fullNames }) => fullNames));
  return decorated.flatMap(({ commit, fullNames }) => {
    const ofCommit = new Set(fullNames);
    return fullNames
      .filter((name) => !isDouble(name, ofCommit))
      .map((name) => deployRef(name.startsWith('refs/tags/') ? 'tag' : 'branch', shortOf(name), commit));
  });
}

/** `HEAD -> refs/heads/main, tag: refs/tags/v1, refs/remotes/origin/main`, branches first. No name holds a space. */
function namesIn(decoration: string): readonly string[] {
  const names = decoration.split(', ').map((each) => each.replace(/^(HEAD -> |tag: )/, ''));
  return names.filter((name) => FOLDERS.some((folder) => name.startsWith(`${folder}/`))).sort();
}

/** Says nothing that another name of its commit does not say. */
function isDouble(name: string, ofCommit: ReadonlySet<string>): boolean {
  const [, branch] = /^refs\/remotes\/[^/]+\/(.+)$/.exec(name) ?? [];
  return branch !== undefined && (/(^|\/)HEAD$/.test(branch) || ofCommit.has(`refs/heads/${branch}`));
}

/** "main", and "heads/main" where a tag is called so, too. */
function shortNames(fullNames: readonly string[]): (fullName: string) => string {
  const plain = (name: string) => name.replace(/^refs\/[^/]+\//, '');
  const counts = new Map<string, number>();
  for (const name of fullNames) counts.set(plain(name), (counts.get(plain(name)) ?? 0) + 1);
  return (name) => (counts.get(plain(name)) === 1 ? plain(name) : name.slice('refs/'.length));
}

function deployRef(kind: DeployRef['kind'], name: string, commit: LoggedCommit): DeployRef {
  const { revision, subject, author, at } = commit;
  return { name: sanitise(name), kind, revision, subject, author, at };
}
