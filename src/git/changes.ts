import { isUtf8 } from 'node:buffer';
import type { Objects } from './objects.ts';

/** What stands at a path of a commit. */
export interface TreeItem {
  /** `100644`, `100755`, `120000` a symlink, `160000` a submodule, `40000` a folder. */
  readonly mode: string;
  readonly id: string;
}

/** A path that is not a folder, and that differs between two trees. */
export interface Change {
  readonly path: string;
  readonly before: TreeItem | undefined;
  readonly after: TreeItem | undefined;
}

export const FOLDER = '40000';
export const LINK = '120000';

/** Every path that differs. Undefined when one of the trees cannot be read, or has a name that is not UTF-8. */
export async function changesBetween(
  objects: Objects,
  before: string | undefined,
  after: string | undefined,
): Promise<readonly Change[] | undefined> {
  return compare(objects, { path: '', before, after });
}

interface Pair {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

async function compare(objects: Objects, { path, before, after }: Pair): Promise<readonly Change[] | undefined> {
  const [old, now] = await Promise.all([readTree(objects, before), readTree(objects, after)]);
  if (!old || !now) return undefined;
  const differing = [...new Set([...old.keys(), ...now.keys()])].filter((name) => {
    return old.get(name)?.id !== now.get(name)?.id || old.get(name)?.mode !== now.get(name)?.mode;
  });
  const found = await Promise.all(
    differing.map((name) => {
      const there = { path: path === '' ? name : `${path}/${name}`, before: old.get(name), after: now.get(name) };
      return changesAt(objects, there);
    }),
  );
  return found.every((changes) => changes !== undefined) ? found.flat() : undefined;
}

/** A name can be a folder on one side and a file on the other: then both are changes. */
async function changesAt(objects: Objects, { path, before, after }: Change): Promise<readonly Change[] | undefined> {
  const itself = { path, before: unlessFolder(before), after: unlessFolder(after) };
  const folders = { path, before: folderOf(before), after: folderOf(after) };
  const below = (folders.before ?? folders.after) ? await compare(objects, folders) : [];
  return below && [...((itself.before ?? itself.after) ? [itself] : []), ...below];
}

function unlessFolder(item: TreeItem | undefined): TreeItem | undefined {
  return item?.mode === FOLDER ? undefined : item;
}

function folderOf(item: TreeItem | undefined): string | undefined {
  return item?.mode === FOLDER ? item.id : undefined;
}

/** The items of one folder by name; none for a folder that is not there. */
export async function readTree(
  objects: Objects,
  id: string | undefined,
): Promise<ReadonlyMap<string, TreeItem> | undefined> {
  if (id === undefined) return new Map();
  const tree = await objects.read(id);
  return tree?.type === 'tree' ? parseTree(tree.content, tree.id.length / 2) : undefined;
}

/** `<mode> <name>\0<id as bytes>`, one after another. */
function parseTree(content: Buffer, idBytes: number): ReadonlyMap<string, TreeItem> | undefined {
  const items = new Map<string, TreeItem>();
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(' ', at);
    const zero = content.indexOf(0, space);
    const name = content.subarray(space + 1, zero);
    if (!isUtf8(name)) return undefined;
    const id = content.toString('hex', zero + 1, zero + 1 + idBytes);
    items.set(name.toString(), { mode: content.toString('latin1', at, space), id });
    at = zero + 1 + idBytes;
  }
  return items;
}
