import { chmod, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFiles } from '../git/sample.ts';

/** What somebody does to a working tree. */
export type Edit =
  | { readonly type: 'write'; readonly path: string; readonly text: string }
  | { readonly type: 'remove'; readonly path: string }
  | { readonly type: 'mode'; readonly path: string; readonly mode: number }
  | { readonly type: 'link' | 'move'; readonly path: string; readonly to: string };

export async function apply(folder: string, edit: Edit): Promise<void> {
  const path = join(folder, edit.path);
  switch (edit.type) {
    case 'write':
      await rm(path, { recursive: true, force: true });
      return writeFiles(folder, { [edit.path]: edit.text });
    case 'remove':
      return rm(path, { recursive: true });
    case 'mode':
      return chmod(path, edit.mode);
    case 'link':
      await rm(path, { recursive: true, force: true });
      return symlink(edit.to, path);
    case 'move':
      return rename(path, join(folder, edit.to));
  }
}
