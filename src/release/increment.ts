import { hash } from 'node:crypto';
import { posix } from 'node:path';
import type { GitSource } from '../config/settings.ts';
import { type Change, changesBetween, FOLDER, readTree, type TreeItem } from '../git/changes.ts';
import type { Objects } from '../git/objects.ts';
import { isGitsOwn } from '../git/verbatim.ts';
import { createExclude, type Excluded } from './exclude.ts';
import { isLfsPointer } from './hash-tree.ts';
import { createManifest, folders, isTreePath, type Manifest, type ManifestEntry } from './manifest.ts';

export interface IncrementOptions {
  readonly objects: Objects;
  readonly source: GitSource;
  readonly commit: string;
  /** A commit that was laid down verbatim, and what it held. */
  readonly earlier: { readonly commit: string; readonly manifest: Manifest };
}

/** What a commit holds, with the content of what it changed. */
export interface Increment {
  readonly manifest: Manifest;
  /** Paths that differ: changed, new and gone ones. */
  readonly changed: ReadonlySet<string>;
  readonly contents: ReadonlyMap<string, Buffer>;
}

/** With more than this a checkout is as fast. */
const MOST_CHANGES = 1000;
const MOST_BYTES = 32 << 20;

/**
 * What a checkout of a commit would hold, told from what an earlier one held: git compares the two by the ids of their
 * folders, and only what differs is read. Undefined wherever a checkout may find or refuse something else.
 */
export async function increment(options: IncrementOptions): Promise<Increment | undefined> {
  const { objects, source, earlier, commit } = options;
  const [before, after] = await Promise.all([earlier.commit, commit].map((id) => appFolder(objects, source, id)));
  if (!before || !after || !isSame(before.rules, after.rules)) return undefined;
  const changes = await changesBetween(objects, before.id, after.id);
  if (!changes || changes.length > MOST_CHANGES || !changes.every(isPlain)) return undefined;
  const excluded = createExclude(source.exclude);
  const shipping = changes.filter(({ path }) => !isExcluded(path, excluded));
  const contents = await readContents(objects, shipping);
  if (!contents) return undefined;
  const changed = new Set(shipping.map(({ path }) => path));
  const kept = earlier.manifest.entries.filter(({ path }) => !changed.has(path));
  const manifest = createManifest([...kept, ...newEntries(shipping, contents)]);
  return manifest.entries.length > 0 ? { manifest, changed, contents } : undefined;
}

interface AppFolder {
  readonly id: string;
  /** Files of the folders above that say how git lays down what is in it. */
  readonly rules: readonly (string | undefined)[];
}

const RULES = ['.gitattributes', '.gitmodules'];

/** The folder of a commit that becomes the release. */
async function appFolder(objects: Objects, source: GitSource, commit: string): Promise<AppFolder | undefined> {
  const root = await objects.read(`${commit}^{tree}`);
  const rules: (string | undefined)[] = [];
  let id = root?.id;
  const parts = posix.join(source.subdir, source.output).split('/');
  for (const part of parts.filter((one) => one !== '.' && one !== '')) {
    const items = id === undefined ? undefined : await readTree(objects, id);
    rules.push(...RULES.map((name) => items?.get(name)?.id));
    const item = items?.get(part);
    if (item?.mode !== FOLDER) return undefined;
    id = item.id;
  }
  return id === undefined ? undefined : { id, rules };
}

function isSame(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}

/** A file on both sides, where it is there at all, and one that has no say in how others are laid down. */
function isPlain({ path, before, after }: Change): boolean {
  return [before, after].every(isFile) && isTreePath(path) && !isGitsOwn(path) && !RULES.includes(posix.basename(path));
}

function isFile(item: TreeItem | undefined): boolean {
  return item === undefined || /^100\d{3}$/.test(item.mode);
}

function isExcluded(path: string, excluded: Excluded): boolean {
  return excluded(path, 'other') || folders(path).some((folder) => excluded(folder, 'folder'));
}

/** Read at once: enough that git never waits for a question. */
const AT_ONCE = 16;

async function readContents(
  objects: Objects,
  changes: readonly Change[],
): Promise<ReadonlyMap<string, Buffer> | undefined> {
  const wanted = changes.flatMap(({ path, after }) => (after ? [{ path, id: after.id }] : []));
  const contents = new Map<string, Buffer>();
  let bytes = 0;
  for (let at = 0; at < wanted.length; at += AT_ONCE) {
    const some = wanted.slice(at, at + AT_ONCE);
    const blobs = await Promise.all(some.map(({ id }) => objects.read(id)));
    for (const [index, blob] of blobs.entries()) {
      bytes += blob?.content.length ?? 0;
      if (blob?.type !== 'blob' || bytes > MOST_BYTES || isLfsPointer(blob.content)) return undefined;
      contents.set(some[index]!.path, blob.content);
    }
  }
  return contents;
}

function newEntries(changes: readonly Change[], contents: ReadonlyMap<string, Buffer>): readonly ManifestEntry[] {
  return changes.flatMap(({ path, after }): ManifestEntry[] => {
    const content = contents.get(path);
    if (!after || !content) return [];
    const kind = (Number.parseInt(after.mode, 8) & 0o100) === 0 ? 'file' : 'executable';
    return [{ path, kind, size: content.length, sha256: hash('sha256', content) }];
  });
}
