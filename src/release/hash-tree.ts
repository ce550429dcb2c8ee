import { hash } from 'node:crypto';
import { join } from 'node:path';
import { UserError } from '../base/errors.ts';
import { createLimit } from '../base/limit.ts';
import { sanitise } from '../base/sanitise.ts';
import { createExclude } from './exclude.ts';
import { createManifest, type Manifest, type ManifestEntry } from './manifest.ts';
import { ChangedWhileRead, readStill, type StillFile } from './read-file.ts';
import { isGone, walkTree } from './tree.ts';
import { type FoundTrouble, treeError, type TreeTrouble } from './troubles.ts';

export interface HashOptions {
  readonly exclude: readonly string[];
  /** How messages call the tree, where its path says nothing to the user. */
  readonly label?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

const PARALLEL = 8;

/** The manifest of a folder. Everything in it that no release can hold is refused here, with all its paths. */
export async function hashTree(root: string, { exclude, label = root, signal }: HashOptions): Promise<Manifest> {
  const tree = await walkTree(root, createExclude(exclude), signal);
  const troubles: FoundTrouble[] = [...tree.troubles];
  const entries: ManifestEntry[] = [...tree.links].map(([path, target]) => linkEntry(path, target));
  const limit = createLimit(PARALLEL);
  const read = async (path: string): Promise<void> => {
    signal?.throwIfAborted();
    const found = await fileEntry(root, path, signal);
    if (typeof found === 'string') troubles.push({ kind: found, path });
    else entries.push(found);
  };
  await Promise.all(tree.files.map((path) => limit(() => read(path))));
  const error = treeError(troubles, label) ?? (entries.length === 0 ? emptyTree(label) : undefined);
  if (error) throw error;
  return createManifest(entries);
}

function linkEntry(path: string, target: string): ManifestEntry {
  return { path, kind: 'link', size: Buffer.byteLength(target), sha256: hash('sha256', target) };
}

async function fileEntry(root: string, path: string, signal?: AbortSignal): Promise<ManifestEntry | TreeTrouble> {
  let file: StillFile;
  try {
    file = await readStill(join(root, path), signal);
  } catch (error) {
    signal?.throwIfAborted();
    return error instanceof ChangedWhileRead || isGone(error) ? 'changed' : 'unreadable';
  }
  if (file.content && isLfsPointer(file.content)) return 'lfs';
  return { path, kind: file.executable ? 'executable' : 'file', size: file.size, sha256: file.sha256 };
}

const LFS_START = Buffer.from('version https://git-lfs.github.com/spec/v1\n');

/** git-lfs: a pointer is less than 1024 bytes, starts with its version and names a sha256. */
export function isLfsPointer(content: Buffer): boolean {
  if (content.length >= 1024 || !content.subarray(0, LFS_START.length).equals(LFS_START)) return false;
  return /^oid sha256:[0-9a-f]{64}$/m.test(content.toString('latin1'));
}

function emptyTree(label: string): UserError {
  return new UserError({
    code: 'SLIP_SOURCE_EMPTY',
    message: `${sanitise(label)} holds no file that ships.`,
    mend: 'See that the build writes there, and that source.exclude leaves something. Empty folders are not shipped.',
  });
}
