import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { command } from '../measuring/command.ts';

/** The releases of a round, in the order in which they are deployed. */
export const RELEASES = ['first', 'small', 'big'] as const;
export type Release = (typeof RELEASES)[number];

/** A git repository of about the size and shape of a real app, with one commit for each release. */
export interface App {
  /** Where its files come from, for people. */
  readonly origin: string;
  readonly repository: string;
  readonly commits: Readonly<Record<Release, Commit>>;
  /** Puts the branch `main` and the work tree on a commit; files that do not change keep their times. */
  show(commit: Commit): Promise<void>;
}

export interface Commit {
  readonly id: string;
  /** sha256 by path. */
  readonly files: ReadonlyMap<string, string>;
  /** Bytes of all files. */
  readonly bytes: number;
  /** Files that differ from the commit before, those that are gone included. */
  readonly changed: number;
  /** The changed files whole, bytes. */
  readonly raw: number;
  /** The same, as `gzip` compresses them one after the other: what a sync cannot do without. */
  readonly compressed: number;
}

/** Writes the files of one release into the work tree, which holds those of the one before. */
export type WriteRelease = (release: Release) => Promise<void>;

const NOBODY = {
  GIT_AUTHOR_NAME: 'bench',
  GIT_AUTHOR_EMAIL: 'bench@example.org',
  GIT_COMMITTER_NAME: 'bench',
  GIT_COMMITTER_EMAIL: 'bench@example.org',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
};

export interface AppParts {
  readonly origin: string;
  /** An empty folder. */
  readonly repository: string;
  readonly write: WriteRelease;
  readonly signal: AbortSignal;
}

export async function makeApp({ origin, repository, write, signal }: AppParts): Promise<App> {
  const git = (...args: readonly string[]) =>
    command(['git', ...args], { cwd: repository, env: { ...process.env, ...NOBODY }, signal });
  const commit = async (release: Release): Promise<Commit> => {
    await write(release);
    await git('add', '--all');
    const changed = paths(await git('diff', '--cached', '--no-renames', '--name-only', '-z'));
    await git('commit', '--quiet', '--message', `The ${release} one`);
    const id = (await git('rev-parse', 'HEAD')).trim();
    return { id, ...(await describe(repository, paths(await git('ls-files', '-z')), changed)) };
  };
  await git('init', '--quiet', '--initial-branch=main');
  const commits = { first: await commit('first'), small: await commit('small'), big: await commit('big') };
  // as a server has it: peers that fetch must not wait for it to compress what it stored in a hurry
  await git('gc', '--quiet');
  const show = async ({ id }: Commit) => {
    await git('reset', '--quiet', '--hard', id);
  };
  return { origin, repository, commits, show };
}

async function describe(repository: string, all: readonly string[], changed: readonly string[]) {
  const contents = new Map<string, Buffer>();
  for (const path of all) contents.set(path, await readFile(join(repository, path)));
  const changes = Buffer.concat(changed.map((path) => contents.get(path) ?? Buffer.alloc(0)));
  return {
    files: new Map([...contents].map(([path, content]) => [path, sha256(content)])),
    bytes: [...contents.values()].reduce((sum, content) => sum + content.length, 0),
    changed: changed.length,
    raw: changes.length,
    compressed: gzipSync(changes).length,
  };
}

function paths(listed: string): readonly string[] {
  return listed.split('\0').filter((path) => path !== '');
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
