import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The files that a pattern of `Include` stands for, in the order of their names. None is no mistake. */
export async function findIncluded(pattern: string): Promise<string[]> {
  const [, ...segments] = pattern.split('/');
  let found = ['/'];
  for (const segment of segments.filter((name) => name !== '')) {
    found = (await Promise.all(found.map((folder) => below(folder, segment)))).flat();
  }
  return found;
}

async function below(folder: string, segment: string): Promise<string[]> {
  if (!/[*?[]/.test(segment)) {
    const path = join(folder, segment);
    return (await stat(path).catch(() => undefined)) === undefined ? [] : [path];
  }
  const names = await readdir(folder).catch((): string[] => []);
  const glob = globOf(segment);
  const isWanted = (name: string) => glob.test(name) && name.startsWith('.') === segment.startsWith('.');
  return names
    .filter(isWanted)
    .sort()
    .map((name) => join(folder, name));
}

function globOf(segment: string): RegExp {
  const parts = segment.split(/(\*+|\?|\[!?[^\]]+\])/).map((part, index) => {
    if (index % 2 === 0) return part.replace(/[.+^${}()|[\]\\]/g, '\\$&');
    if (part.startsWith('*')) return '.*';
    return part === '?' ? '.' : part.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
  });
  return new RegExp(`^${parts.join('')}$`, 's');
}

/** Where a relative Include of a file is looked for. */
export function includeRoot(file: { readonly path: string; readonly isUsers: boolean }, home: string): string {
  return file.isUsers ? join(home, '.ssh') : dirname(file.path);
}
