import type { ManifestEntry } from './manifest.ts';

/** Symlinks that are followed before a loop is assumed, as Linux does. */
const LIMIT = 40;

/**
 * The links of a tree that lead out of it, or that pass through its outside. Text alone does not tell: where `a` points to
 * the root, `a/..` is outside, so every part is followed as the kernel would.
 */
export function linksLeavingTree(targets: ReadonlyMap<ManifestEntry['path'], string>): string[] {
  return [...targets.keys()].filter((path) => leaves(path, targets));
}

function leaves(link: string, targets: ReadonlyMap<string, string>): boolean {
  const at = link.split('/').slice(0, -1);
  const ahead = [link.split('/').at(-1)!];
  for (let followed = 0; ahead.length > 0;) {
    const part = ahead.shift()!;
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (at.pop() === undefined) return true;
      continue;
    }
    const target = targets.get([...at, part].join('/'));
    if (target === undefined) {
      at.push(part);
      continue;
    }
    followed += 1;
    if (target.startsWith('/')) return true;
    // A loop leads nowhere, so it does not lead out.
    if (followed > LIMIT) return false;
    ahead.unshift(...target.split('/'));
  }
  return false;
}
