import { readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { nearest } from '../base/nearest.ts';

/** The real path of a folder below `root`; undefined when there is none, or when it leads out of `root`. */
export async function folderIn(root: string, path: string): Promise<string | undefined> {
  const found = await realpath(join(root, path)).catch(() => undefined);
  if (found === undefined || !(found === root || found.startsWith(root + sep))) return undefined;
  return (await stat(found)).isDirectory() ? found : undefined;
}

export interface Beside {
  /** What was probably meant. */
  readonly meant: string | undefined;
  readonly folders: readonly string[];
}

/** The folders that stand where `path` was looked for: beside it, or at the lowest level of it that exists. */
export async function foldersBeside(root: string, path: string): Promise<Beside> {
  const parent = dirname(path);
  const children = await readdir(join(root, parent), { withFileTypes: true }).catch(() => undefined);
  if (!children) return parent === path ? { meant: undefined, folders: [] } : foldersBeside(root, parent);
  const folders = children
    .filter((child) => child.isDirectory() && child.name !== '.git')
    .map(({ name }) => join(parent, name));
  return { meant: nearest(path, folders), folders: folders.sort() };
}
