import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipwayError } from '../base/errors.ts';
import { git, tryGit } from '../git/run.ts';
import type { Edition, Files, Ref } from './sample.ts';

/** How the releases of the sample bot are kept: as commits, or, where there is no git, as one folder each. */
export type Keeping = 'commits' | 'folders';

export type Repository =
  | { readonly keeping: 'commits'; readonly folder: string; readonly revisions: ReadonlyMap<Ref, string> }
  | { readonly keeping: 'folders'; readonly folders: ReadonlyMap<Ref, string> };

/** Commits where a git is found that slipway can work with, folders elsewhere. */
export async function keepingHere(): Promise<Keeping> {
  try {
    const { exitCode, stdout } = await tryGit({ cwd: '/' }, ['--version']);
    const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(stdout) ?? [];
    return exitCode === 0 && Number(major) * 1000 + Number(minor) >= 2031 ? 'commits' : 'folders';
  } catch (error) {
    if (error instanceof SlipwayError && error.code === 'SLIP_GIT_MISSING') return 'folders';
    throw error;
  }
}

/** Lays the history of the sample bot down in `folder`, which is made. */
export function keep(editions: readonly Edition[], folder: string, keeping: Keeping): Promise<Repository> {
  return keeping === 'commits' ? commitAll(editions, folder) : layAll(editions, folder);
}

/** None of the user's settings: no signing, no template, no hooks. git 2.31 does not know the first yet. */
const NO_SETTINGS = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
const PLAIN = ['commit.gpgSign=false', 'tag.gpgSign=false', 'core.autocrlf=false'];

async function commitAll(editions: readonly Edition[], folder: string): Promise<Repository> {
  await mkdir(folder);
  const revisions = new Map<Ref, string>();
  await git({ cwd: folder, env: NO_SETTINGS }, ['init', '--quiet', '--initial-branch=main']);
  let before: Files = new Map();
  for (const edition of editions) {
    const place = { cwd: folder, env: { ...NO_SETTINGS, ...signature(edition) }, config: PLAIN };
    await Promise.all(
      [...before.keys()].filter((name) => !edition.files.has(name)).map((name) => rm(join(folder, name))),
    );
    await write(folder, edition.files);
    await git(place, ['add', '--all']);
    await git(place, ['commit', '--quiet', `--message=${edition.subject}`]);
    await git(place, ['tag', edition.ref]);
    revisions.set(edition.ref, (await git(place, ['rev-parse', 'HEAD'])).trim());
    before = edition.files;
  }
  return { keeping: 'commits', folder, revisions };
}

function signature({ author, at }: Edition): Record<string, string> {
  const email = `${author.split(' ')[0]!.toLowerCase()}@example.com`;
  const of = (role: 'AUTHOR' | 'COMMITTER') => ({
    [`GIT_${role}_NAME`]: author,
    [`GIT_${role}_EMAIL`]: email,
    [`GIT_${role}_DATE`]: at,
  });
  return { ...of('AUTHOR'), ...of('COMMITTER') };
}

async function layAll(editions: readonly Edition[], folder: string): Promise<Repository> {
  const folders = new Map(editions.map(({ ref }) => [ref, join(folder, ref)]));
  for (const { ref, files } of editions) {
    await mkdir(folders.get(ref)!, { recursive: true });
    await write(folders.get(ref)!, files);
  }
  return { keeping: 'folders', folders };
}

async function write(folder: string, files: Files): Promise<void> {
  await Promise.all([...files].map(([name, text]) => writeFile(join(folder, name), text)));
}
