import { isUtf8 } from 'node:buffer';
import type { Dirent } from 'node:fs';
import { readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { createLimit } from '../base/limit.ts';
import type { Excluded } from './exclude.ts';
import { linksLeavingTree } from './links.ts';
import type { FoundTrouble } from './troubles.ts';

/** What a folder holds, in no order. Empty folders are not part of it: a release is its files. */
export interface Tree {
  readonly files: readonly string[];
  /** Path of each symlink, and where it points. */
  readonly links: ReadonlyMap<string, string>;
  readonly troubles: readonly FoundTrouble[];
}

const PARALLEL = 8;

export async function walkTree(root: string, excluded: Excluded, signal?: AbortSignal): Promise<Tree> {
  const files: string[] = [];
  const links = new Map<string, string>();
  const troubles: FoundTrouble[] = [];
  const limit = createLimit(PARALLEL);

  const walk = async (folder: string): Promise<void> => {
    signal?.throwIfAborted();
    const found = await limit(() => readdir(join(root, folder), { withFileTypes: true, encoding: 'buffer' })).catch(
      asTrouble,
    );
    if (!Array.isArray(found)) {
      if (folder === '') throw found.cause;
      troubles.push({ kind: found.kind, path: folder });
      return;
    }
    await Promise.all(found.map((child) => visit(folder, child)));
  };
  const visit = async (folder: string, child: Dirent<Buffer>): Promise<void> => {
    const path = (folder === '' ? '' : `${folder}/`) + child.name.toString();
    if (excluded(path, child.isDirectory() ? 'folder' : 'other')) return;
    if (!isUtf8(child.name)) troubles.push({ kind: 'name', path });
    else if (child.isDirectory()) await walk(path);
    else if (child.isFile()) files.push(path);
    else if (child.isSymbolicLink()) await follow(path);
    else troubles.push({ kind: 'special', path });
  };
  const follow = async (path: string): Promise<void> => {
    const target = await limit(() => readlink(join(root, path), { encoding: 'buffer' })).catch(asTrouble);
    if (!Buffer.isBuffer(target)) troubles.push({ kind: target.kind, path });
    else if (isUtf8(target)) links.set(path, target.toString());
    else troubles.push({ kind: 'name', path, to: target.toString() });
  };

  await walk('');
  for (const path of linksLeavingTree(links)) troubles.push({ kind: 'leaves', path, to: links.get(path) });
  return { files, links, troubles };
}

function asTrouble(cause: unknown): { kind: 'changed' | 'unreadable'; cause: unknown } {
  return { kind: isGone(cause) ? 'changed' : 'unreadable', cause };
}

/** The path was there a moment ago and is something else now. */
export function isGone(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO', 'EINVAL'].includes((error as NodeJS.ErrnoException).code ?? '');
}
