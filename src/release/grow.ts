import { mkdir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { type Objects, openObjects } from '../git/objects.ts';
import { hasVerbatimInfo } from '../git/verbatim.ts';
import type { BuiltTree } from './artifact-cache.ts';
import { commitOfLine, type CommitWork, inWorkFolder, layOutput } from './build-commit.ts';
import { increment } from './increment.ts';
import { layDown, layFromBlobs, missingIn, moveEntries } from './lay-out.ts';
import type { Manifest, ManifestEntry } from './manifest.ts';

/**
 * The artifact of a commit from the one that was made last, and what changed since. Its tree holds only that: hosts have
 * the rest already, as a rule. Undefined when there is none to start from, or when only a checkout is sure to be right.
 */
export async function growFromEarlier(work: CommitWork, objects: Objects): Promise<BuiltTree | undefined> {
  const { source, repository, commit, cache } = work;
  if (source.build.length > 0 || process.platform === 'win32') return undefined;
  const blobsOf = commitOfLine(work);
  const earlier = await cache.newest(blobsOf.line);
  if (!earlier?.blobsOf || !(await hasVerbatimInfo(repository))) return undefined;
  const { manifest } = earlier;
  const grown = await increment({ objects, source, commit, earlier: { commit: earlier.blobsOf.commit, manifest } });
  if (!grown || !isToldApart(grown.manifest)) return undefined;
  const built = await inWorkFolder(cache, async (folder) => {
    const tree = join(folder, 'tree');
    await mkdir(tree);
    const changed = grown.manifest.entries.filter(({ path }) => grown.contents.has(path));
    await Promise.all(changed.map((entry) => layDown(tree, entry, grown.contents.get(entry.path)!)));
    return cache.keep(work.key, { tree, manifest: grown.manifest, blobsOf });
  });
  // what the changed files were: packed against that, they are fewer bytes
  const before = manifest.entries.filter(({ path }) => grown.changed.has(path));
  const old = { ...work, commit: earlier.blobsOf.commit };
  const missing = await missingIn(earlier.tree, before);
  await layBlobs(old, { tree: earlier.tree, missing, objects }).catch(() => undefined);
  return { ...built, grownFrom: manifest };
}

/** macOS has one file for names that differ in case, or in how an accent is written. */
function isToldApart({ entries }: Manifest): boolean {
  if (process.platform === 'linux') return true;
  const names = new Set(entries.map(({ path }) => path.toLowerCase()));
  return names.size === entries.length && entries.every(({ path }) => /^[ -~]*$/.test(path));
}

/** Lays down what the tree of a commit lacks: from its blobs, else from a checkout. */
export async function layMissing(work: CommitWork, tree: string, entries: readonly ManifestEntry[]): Promise<void> {
  const missing = await missingIn(tree, entries);
  if (missing.length === 0) return;
  const objects = openObjects(work.repository.folder);
  try {
    const left = await layBlobs(work, { tree, missing, objects });
    if (left.length === 0) return;
    await inWorkFolder(work.cache, async (folder) => {
      await moveEntries(left, { from: (await layOutput(work, folder)).output, to: tree });
    });
  } finally {
    objects.close();
  }
}

interface Laying {
  readonly tree: string;
  readonly missing: readonly ManifestEntry[];
  readonly objects: Objects;
}

/** What the tree lacks comes aside first: what stands in the tree is whole, for others too that work with it now. */
async function layBlobs(work: CommitWork, { tree, missing, objects }: Laying): Promise<readonly ManifestEntry[]> {
  const { source, commit, cache } = work;
  return inWorkFolder(cache, async (folder) => {
    const aside = join(folder, 'laid');
    const blobs = { objects, commit, folder: posix.join(source.subdir, source.output) };
    const left = await layFromBlobs(aside, missing, blobs);
    const laid = missing.filter((entry) => !left.includes(entry));
    await moveEntries(laid, { from: aside, to: tree });
    return left;
  });
}
