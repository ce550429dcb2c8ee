import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The files that a pattern of `Include` stands for, in the order of their names. None is no mistake. */
export function findIncluded(pattern: string): string[] {
  const [, ...segments] = pattern.split('/');
  let found = ['/'];
  for (const segment of segments.filter((name) => name !== '')) {
    found = found.flatMap((folder) => below(folder, segment));
  }
  return found;
}

function below(folder: string, segment: string): string[] {
  if (!/[*?[]/.test(segment)) {
    const path = join(folder, segment);
    return existsSync(path) ? [path] : [];
  }
  const names = namesIn(folder);
  const glob = globOf(segment);
  const isWanted = (name: string) => glob.test(name) && name.startsWith('.') === segment.startsWith('.');
  return names
    .filter(isWanted)
    .sort()
    .map((name) => join(folder, name));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
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
