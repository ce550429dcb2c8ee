import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalHost } from '../support/local-host.ts';
import type { Files } from './stage.ts';

export const release = (host: LocalHost, id: string, ...path: string[]) => join(host.deployTo, 'releases', id, ...path);
export const meta = (host: LocalHost, ...path: string[]) => join(host.deployTo, '.slipway', ...path);

/** Every file and link of a folder, as `build` takes them. */
export async function filesOf(folder: string): Promise<Files> {
  const files: Record<string, Files[string]> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(folder.length + 1);
    if (entry.isSymbolicLink()) files[name] = { link: await readlink(path) };
    else if (entry.isFile()) {
      const content = await readFile(path, 'utf8');
      files[name] = (await stat(path)).mode & 0o100 ? { program: content } : content;
    }
  }
  return files;
}

export const ODD: Files = {
  'plain.txt': 'plain',
  'with space/ leading and trailing ': 'space',
  'new\nline': 'newline',
  'ends with newline\n': 'newline at the end',
  '-rf': 'dash',
  '--': 'dashes',
  'back\\slash\\n\\055': 'backslash',
  'quo\'te"s': 'quotes',
  '$(touch x)`touch x`': 'command',
  '*': 'star',
  'per%cent%0A': 'percent',
  'ünï/🦊': 'unicode',
  'tab\there\r': 'control',
  ': OK': 'verdict',
  [`${'long/'.repeat(40)}${'n'.repeat(200)}`]: 'long',
  'bin/run': { program: '#!/bin/sh\n' },
  'bin/link': { link: 'run' },
  'odd\nlink': { link: 'back\\slash\\n\\055' },
  empty: '',
};
