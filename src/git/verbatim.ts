import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { LINK } from './changes.ts';
import type { Repository } from './repository.ts';
import { type Listed, SUBMODULE } from './submodules.ts';

/** gitattributes(5): what makes a file on the disk differ from its blob. Macros are defined with these words, too. */
const CONVERTS = /filter|ident|working-tree-encoding|eol\s*=\s*crlf/;

/** Whether git lays files down as they are stored, as far as these attributes say. */
export function laysVerbatim(attributes: string | Buffer): boolean {
  return !CONVERTS.test(attributes.toString('latin1'));
}

/** Whether git may take a name in it for its own on some file system, where it refuses to lay it down. */
export function isGitsOwn(path: string): boolean {
  return /(^|\/)(\.git|git~\d+)(?![\w-])|[\\\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/i.test(path);
}

/** Whether the repository's own attributes, which no commit holds, leave files as they are. */
export async function hasVerbatimInfo({ commonDir }: Pick<Repository, 'commonDir'>): Promise<boolean> {
  return laysVerbatim(await readFile(join(commonDir, 'info', 'attributes')).catch(() => ''));
}

/** Whether a checkout holds the blobs of its commit, byte for byte: no submodule, no filter, no conversion. */
export async function isVerbatim(
  { into, repository }: { readonly into: string; readonly repository: Repository },
  listed: readonly Listed[],
): Promise<boolean> {
  if (listed.some(({ mode }) => mode === SUBMODULE)) return false;
  const attributes = listed.filter(({ path }) => basename(path) === '.gitattributes');
  const answers = attributes.map(async ({ mode, path }) => {
    return mode !== LINK && laysVerbatim(await readFile(join(into, path)));
  });
  return (await Promise.all([hasVerbatimInfo(repository), ...answers])).every(Boolean);
}
