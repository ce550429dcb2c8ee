import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../base/errors.ts';
import { sanitise } from '../base/sanitise.ts';
import { appendReach } from './reach.ts';
import { boundTo, type Repository } from './repository.ts';
import { git, tryGit, words } from './run.ts';

export interface Submodule {
  /** Below the root of the tree it belongs to. */
  readonly path: string;
  readonly commit: string;
  readonly repository: Repository;
}

interface Link {
  readonly path: string;
  readonly commit: string;
  readonly name: string | undefined;
  readonly url: string | undefined;
}

export const SUBMODULE = '160000';

export interface Superproject {
  readonly repository: Repository;
  readonly commit: string;
  /** Its checkout, with a `.git` folder of its own. */
  readonly into: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The submodules of a commit, each with a repository that has the commit it is pinned to. The user's own copy
 * (`.git/modules`) is taken where it has it, so no network and no credentials are needed; else git fetches it.
 */
export async function openSubmodules(project: Superproject, listed: readonly Listed[]): Promise<Submodule[]> {
  const submodules: Submodule[] = [];
  for (const link of await links(project, listed)) {
    const repository = (await localCopy(project, link)) ?? (await fetched(project, link));
    submodules.push({ path: link.path, commit: link.commit, repository });
  }
  return submodules;
}

/** Everything in a commit but its folders. */
export interface Listed {
  readonly mode: string;
  readonly id: string;
  readonly path: string;
}

export async function listTree({ repository, commit, signal }: Superproject): Promise<Listed[]> {
  const place = { cwd: repository.folder, env: boundTo(repository), signal };
  const tree = await git(place, ['ls-tree', '-r', '-z', '--full-tree', commit]);
  return words(tree).flatMap((line) => {
    const match = /^(\d+) \w+ ([0-9a-f]+)\t([\s\S]+)$/.exec(line);
    return match ? [{ mode: match[1]!, id: match[2]!, path: match[3]! }] : [];
  });
}

async function links({ repository, commit, signal }: Superproject, listed: readonly Listed[]): Promise<Link[]> {
  const pinned = listed.filter(({ mode }) => mode === SUBMODULE).map(({ id, path }) => ({ commit: id, path }));
  if (pinned.length === 0) return [];
  const wanted = ['config', '--blob', `${commit}:.gitmodules`, '-z', '--get-regexp', '^submodule\\..*\\.(path|url)$'];
  const place = { cwd: repository.folder, env: boundTo(repository), signal };
  const modules = parseModules((await tryGit(place, wanted)).stdout);
  return pinned.map((link) => {
    const named = modules.find((module) => module.path === link.path);
    return { ...link, name: named?.name, url: named?.url };
  });
}

/** `submodule.<name>.<key>\n<value>` words of .gitmodules; the name is the file's, so it is hostile. */
function parseModules(output: string): { name: string; path?: string; url?: string }[] {
  const modules = new Map<string, { name: string; path?: string; url?: string }>();
  for (const word of words(output)) {
    const match = /^submodule\.([^\n]+)\.(path|url)\n([\s\S]*)$/.exec(word);
    if (!match || match[1]!.split('/').includes('..')) continue;
    const module = modules.get(match[1]!) ?? { name: match[1]! };
    modules.set(match[1]!, { ...module, [match[2]!]: match[3]! });
  }
  return [...modules.values()];
}

async function localCopy(project: Superproject, link: Link): Promise<Repository | undefined> {
  const { gitDir, commonDir, top } = project.repository;
  const candidates = [
    ...(link.name === undefined ? [] : [join(gitDir, 'modules', link.name), join(commonDir, 'modules', link.name)]),
    ...(top === undefined ? [] : [join(top, link.path, '.git')]),
  ];
  for (const candidate of candidates) {
    if (await hasCommit(candidate, link.commit, project.signal)) return bare(candidate);
  }
  return undefined;
}

async function hasCommit(gitDir: string, commit: string, signal?: AbortSignal): Promise<boolean> {
  const folder = await stat(gitDir).catch(() => undefined);
  if (!folder?.isDirectory()) return false;
  const answer = await tryGit({ cwd: gitDir, env: boundTo({ gitDir }), signal }, [
    'cat-file',
    '-e',
    `${commit}^{commit}`,
  ]);
  return answer.exitCode === 0;
}

/** Fetches into the checkout's own `.git/modules`, as `git submodule update --init` in a fresh clone would. */
async function fetched(project: Superproject, link: Link): Promise<Repository> {
  const { into, repository, signal } = project;
  const where = `Submodule ${sanitise(link.path)} at ${link.commit.slice(0, 7)}`;
  const mend = `Get it there first: git -C ${sanitise(repository.top ?? repository.gitDir)} submodule update --init --recursive`;
  if (link.name === undefined) {
    throw new UserError({
      code: 'SLIP_SUBMODULE',
      message: `${where} has no entry in .gitmodules and no copy here.`,
      mend,
    });
  }
  await appendReach(repository, join(into, '.git', 'config'), signal);
  // A relative URL beside a local origin is a path: the user pointed there, .gitmodules alone did not.
  const config = /^\.\.?\//.test(link.url ?? '') ? ['protocol.file.allow=always'] : [];
  const update = ['submodule', 'update', '--init', '--checkout', '--', link.path];
  const answer = await tryGit({ cwd: into, config, signal }, update);
  const gitDir = join(into, '.git', 'modules', link.name);
  if (answer.exitCode !== 0 || !(await hasCommit(gitDir, link.commit, signal))) {
    throw new UserError({
      code: 'SLIP_SUBMODULE',
      message: `${where} could not be fetched.`,
      detail: answer.said,
      mend,
    });
  }
  await rm(join(into, link.path), { recursive: true, force: true });
  return bare(gitDir);
}

function bare(gitDir: string): Repository {
  return { folder: gitDir, top: undefined, gitDir, commonDir: gitDir };
}
