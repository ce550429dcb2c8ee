import { join } from 'node:path';
import type { Manifest, ManifestEntry } from './manifest.ts';
import { ChangedWhileRead, readStill, SMALL } from './read-file.ts';
import { isGone } from './tree.ts';

/** Contents of a base that both ends have, one after the other in the order of `paths`. */
export interface OldFiles {
  readonly paths: readonly string[];
  readonly content: Buffer;
}

/** More than this helps little: what has changed so much is as well sent alone. */
const MOST_BYTES = 4 * SMALL;
const MOST_FILES = 200;

/**
 * What the files that change were before, and those that go, since a renamed bundle is much like the one before it. Read
 * from a tree of the base on this machine; undefined when that is not what the manifest says, or nothing is worth it.
 */
export async function readOldFiles(
  tree: string,
  { base, next }: { readonly base: Manifest; readonly next: Manifest },
): Promise<OldFiles | undefined> {
  const entries = worthwhile(base, next);
  if (entries.length === 0) return undefined;
  try {
    const contents = await Promise.all(entries.map((entry) => contentOf(join(tree, entry.path), entry)));
    return { paths: entries.map(({ path }) => path), content: Buffer.concat(contents) };
  } catch (error) {
    if (error instanceof ChangedWhileRead || isGone(error)) return undefined;
    throw error;
  }
}

/** A name of two lines is left out: the host is told the names a line each. */
function worthwhile(base: Manifest, next: Manifest): readonly ManifestEntry[] {
  const stays = new Set(next.entries.map(({ path, sha256 }) => `${sha256} ${path}`));
  const chosen: ManifestEntry[] = [];
  let bytes = 0;
  for (const entry of base.entries) {
    const { path, sha256, kind, size } = entry;
    if (kind === 'link' || size === 0 || stays.has(`${sha256} ${path}`) || path.includes('\n')) continue;
    if (chosen.length === MOST_FILES || size > SMALL || bytes + size > MOST_BYTES) continue;
    bytes += size;
    chosen.push(entry);
  }
  return chosen;
}

async function contentOf(file: string, { sha256 }: ManifestEntry): Promise<Buffer> {
  const still = await readStill(file);
  if (still.sha256 !== sha256 || still.content === undefined) throw new ChangedWhileRead();
  return still.content;
}
