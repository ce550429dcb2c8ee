import { chmod, lstat, mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { createLimit } from '../base/limit.ts';
import { FOLDER, readTree, type TreeItem } from '../git/changes.ts';
import type { Objects } from '../git/objects.ts';
import type { ManifestEntry } from './manifest.ts';

const PARALLEL = 16;

/** The entries that a tree does not hold, or holds in another size. */
export async function missingIn(tree: string, entries: readonly ManifestEntry[]): Promise<readonly ManifestEntry[]> {
  const limit = createLimit(PARALLEL);
  const looks = entries.map((entry) => limit(() => lstat(join(tree, entry.path)).catch(() => undefined)));
  const found = await Promise.all(looks);
  return entries.filter(({ kind, size }, index) => {
    const there = found[index];
    return there?.size !== size || there.isSymbolicLink() !== (kind === 'link');
  });
}

/** Writes one file or link of a release. */
export async function layDown(tree: string, { path, kind }: Pick<ManifestEntry, 'path' | 'kind'>, content: Buffer) {
  const file = join(tree, path);
  await mkdir(dirname(file), { recursive: true });
  if (kind === 'link') return symlink(content, file);
  await writeFile(file, content, { flag: 'wx' });
  if (kind === 'executable') await chmod(file, 0o755);
}

export interface Blobs {
  readonly objects: Objects;
  readonly commit: string;
  /** Folder of the commit that the release is. */
  readonly folder: string;
}

/** Lays entries down from the blobs of their commit. Those it could not read come back. */
export async function layFromBlobs(
  tree: string,
  entries: readonly ManifestEntry[],
  { objects, commit, folder }: Blobs,
): Promise<readonly ManifestEntry[]> {
  const root = await objects.read(`${commit}^{tree}`);
  const folders = new Map<string, Promise<ReadonlyMap<string, TreeItem> | undefined>>();
  const itemsIn = (path: string): Promise<ReadonlyMap<string, TreeItem> | undefined> => {
    const items = folders.get(path) ?? (path === '.' ? readTree(objects, root?.id) : readFolder(path));
    folders.set(path, items);
    return items;
  };
  const find = async (path: string) => (await itemsIn(posix.dirname(path)))?.get(posix.basename(path));
  const readFolder = async (path: string) => {
    const item = await find(path);
    return item?.mode === FOLDER ? readTree(objects, item.id) : undefined;
  };
  const limit = createLimit(PARALLEL);
  const lay = async (entry: ManifestEntry) => {
    const item = await find(posix.join(folder, entry.path));
    const blob = item && (await objects.read(item.id));
    if (blob?.type !== 'blob') return [entry];
    await layDown(tree, entry, blob.content);
    return [];
  };
  return (await Promise.all(entries.map((entry) => limit(() => lay(entry))))).flat();
}

/** Moves entries from one tree into another, over what is in their way. */
export async function moveEntries(
  entries: readonly Pick<ManifestEntry, 'path'>[],
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  const limit = createLimit(PARALLEL);
  const move = async (path: string) => {
    await mkdir(dirname(join(to, path)), { recursive: true });
    await rename(join(from, path), join(to, path));
  };
  await Promise.all(entries.map(({ path }) => limit(() => move(path))));
}
