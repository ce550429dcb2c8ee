import fc from 'fast-check';
import { hash } from 'node:crypto';
import { createManifest, folders, isTreePath, type Manifest, type ManifestEntry } from '../../src/release/manifest.ts';

export function entry(path: string, content = path, kind: ManifestEntry['kind'] = 'file'): ManifestEntry {
  return { path, kind, size: Buffer.byteLength(content), sha256: hash('sha256', content) };
}

/** Short paths over few names, so that two trees share, replace and nest them in every way. */
export const nearPath = fc
  .array(fc.constantFrom('a', 'b', 'c', 'a.b'), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join('/'));

export const oddPath = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.constantFrom('a b', '-rf', '$(x)', 'ü', '%41', '\\', '\n'),
    ),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .map((parts) => parts.join('/'))
  .filter(isTreePath);

/** Trees that can exist: no path twice, none below a file. */
export function manifests(path: fc.Arbitrary<string>): fc.Arbitrary<Manifest> {
  const kind = fc.constantFrom<ManifestEntry['kind']>('file', 'executable', 'link');
  const content = fc.constantFrom('', 'one', 'two, longer');
  const entries = fc.uniqueArray(fc.tuple(path, content, kind), { selector: ([name]) => name, maxLength: 12 });
  return entries.map((list) => {
    const used = new Set(list.flatMap(([name]) => folders(name)));
    return createManifest(list.filter(([name]) => !used.has(name)).map(([name, text, as]) => entry(name, text, as)));
  });
}
