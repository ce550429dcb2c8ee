import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseBase, delta, uploadBytes, type Delta } from '../../src/release/delta.ts';
import { createManifest, type Manifest, type ManifestEntry } from '../../src/release/manifest.ts';
import { entry, manifests, nearPath } from './sample.ts';

/** What a host does: a copy of the base, without what goes, with the uploads laid over. */
function apply(base: Manifest | undefined, { upload, gone }: Delta): Map<string, ManifestEntry> {
  const tree = new Map((base?.entries ?? []).map((kept) => [kept.path, kept]));
  for (const path of gone) expect(tree.delete(path), `${path} was there`).toBe(true);
  for (const laid of upload) tree.set(laid.path, laid);
  return tree;
}

describe('a delta', () => {
  test('applied to the base gives the next tree exactly', () => {
    fc.assert(
      fc.property(manifests(nearPath), manifests(nearPath), (base, next) => {
        const tree = apply(base, delta(base, next));
        expect(createManifest([...tree.values()])).toEqual(next);
      }),
      { numRuns: 1000 },
    );
  });

  test('sends nothing when nothing changed, and everything without a base', () => {
    fc.assert(
      fc.property(manifests(nearPath), (next) => {
        expect(delta(next, next)).toEqual({ upload: [], gone: [] });
        expect(delta(undefined, next)).toEqual({ upload: next.entries, gone: [] });
      }),
    );
  });

  test('sends a file again whose executable bit changed, because a copy by hard link shares its mode', () => {
    const next = createManifest([entry('run', '#!', 'executable')]);
    expect(delta(createManifest([entry('run', '#!')]), next)).toEqual({ upload: next.entries, gone: [] });
  });

  test('sends what is damaged in the base though it did not change, and nothing that goes anyway', () => {
    const base = createManifest([entry('a'), entry('b'), entry('c')]);
    const next = createManifest([entry('a'), entry('b')]);
    expect(delta(base, next, new Set(['b', 'c']))).toEqual({ upload: [entry('b')], gone: ['c'] });
  });
});

describe('the base', () => {
  test('is the release that leaves the fewest bytes to upload', () => {
    const next = createManifest([entry('a', 'x'.repeat(100)), entry('b', 'y')]);
    const near = { release: 'near', manifest: createManifest([entry('a', 'x'.repeat(100))]) };
    const far = { release: 'far', manifest: createManifest([entry('b', 'y')]) };
    expect(chooseBase([near, far], next)?.release).toBe('near');
  });

  test('is the last of equals, and none where no path is shared', () => {
    const next = createManifest([entry('a')]);
    const candidates = ['old', 'new'].map((release) => ({ release, manifest: next }));
    expect(chooseBase(candidates, next)?.release).toBe('new');
    expect(chooseBase([{ release: 'other', manifest: createManifest([entry('z')]) }], next)).toBeUndefined();
    expect(chooseBase<{ manifest: Manifest }>([], next)).toBeUndefined();
  });

  test('is never worse than any other candidate', () => {
    fc.assert(
      fc.property(fc.array(manifests(nearPath)), manifests(nearPath), (bases, next) => {
        const chosen = chooseBase(
          bases.map((manifest) => ({ manifest })),
          next,
        );
        const cost = uploadBytes(delta(chosen?.manifest, next));
        for (const base of bases) expect(cost).toBeLessThanOrEqual(uploadBytes(delta(base, next)));
      }),
    );
  });
});
