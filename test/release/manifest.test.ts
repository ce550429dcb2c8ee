import fc from 'fast-check';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  comparePaths,
  createManifest,
  formatManifest,
  isTreePath,
  type Manifest,
  parseManifest,
} from '../../src/release/manifest.ts';
import { manifestEdits } from '../../src/release/manifest-edits.ts';
import { entry, manifests, nearPath, oddPath } from './sample.ts';

describe('a manifest', () => {
  test('survives its text form, whatever its paths are called', () => {
    fc.assert(
      fc.property(manifests(oddPath), (manifest) => {
        expect(parseManifest(formatManifest(manifest))).toEqual(manifest);
      }),
    );
  });

  test('has one line for each entry', () => {
    fc.assert(
      fc.property(manifests(oddPath), (manifest) => {
        expect(formatManifest(manifest).split('\n')).toHaveLength(manifest.entries.length + 1);
      }),
    );
  });

  test('has the sha256 of its text as its digest', () => {
    const manifest = createManifest([entry('b'), entry('a/%\n\\x')]);
    expect(formatManifest(manifest)).toContain(' a/%25%0A%5Cx\n');
    expect(manifest.digest).toBe(createHash('sha256').update(formatManifest(manifest)).digest('hex'));
  });

  test('is the same for the same files in any order', () => {
    fc.assert(
      fc.property(manifests(oddPath), ({ entries, digest }) => {
        expect(createManifest(entries.toReversed()).digest).toBe(digest);
      }),
    );
  });

  test('without entries has a text form too', () => {
    expect(parseManifest('')).toEqual(createManifest([]));
  });

  test('orders paths by their bytes', () => {
    fc.assert(
      fc.property(oddPath, oddPath, (a, b) => {
        expect(Math.sign(comparePaths(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
    expect(['\u{1f600}', '\uff00', 'a'].sort(comparePaths)).toEqual(['a', '\uff00', '\u{1f600}']);
  });
});

const SEDS = [['sed'], ['busybox', 'sed']].filter(([program = '']) => {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
});

describe.each(SEDS)('the edits that make one manifest of another, run by %s %s', (program, ...first) => {
  const edited = (base: Manifest, next: Manifest) =>
    execFileSync(program, [...first, '-e', manifestEdits(base, next)], {
      input: formatManifest(base),
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
    });

  test.each([nearPath, oddPath])('give the other, whatever has come, gone or changed', (path) => {
    const filled = manifests(path).filter(({ entries }) => entries.length > 0);
    fc.assert(
      fc.property(filled, manifests(path), (base, next) => {
        expect(edited(base, next)).toBe(formatManifest(next));
      }),
    );
  });

  test('are few where little has changed', () => {
    const names = Array.from({ length: 1000 }, (_, index) => `folder/file-${index}`);
    const base = createManifest(names.map((name) => entry(name)));
    const next = createManifest(names.map((name) => entry(name, name === 'folder/file-500' ? 'new' : name)));
    expect(edited(base, next)).toBe(formatManifest(next));
    expect(manifestEdits(base, next).split('\n')).toHaveLength(5);
  });
});

describe('a manifest from a host', () => {
  const sum = 'a'.repeat(64);
  test.each([
    ['a path that climbs out', `${sum} file 1 ../etc/passwd\n`],
    ['a path that climbs out in the middle', `${sum} file 1 a/../../b\n`],
    ['an absolute path', `${sum} file 1 /etc/passwd\n`],
    ['an empty part', `${sum} file 1 a//b\n`],
    ['a dot', `${sum} file 1 ./a\n`],
    ['a trailing slash', `${sum} file 1 a/\n`],
    ['a NUL', `${sum} file 1 a%00b\n`],
    ['a climb hidden in escapes', `${sum} file 1 %2E%2E/x\n`],
    ['a broken escape', `${sum} file 1 a%zz\n`],
    ['a raw control character', `${sum} file 1 a\rb\n`],
    ['an unknown kind', `${sum} device 1 a\n`],
    ['a negative size', `${sum} file -1 a\n`],
    ['a size that no number holds', `${sum} file 9999999999999999 a\n`],
    ['an escape of what needs none', `${sum} file 1 %61\n`],
    ['a short sum', `abc file 1 a\n`],
    ['the same path twice', `${sum} file 1 a\n${sum} file 1 a\n`],
    ['a wrong order', `${sum} file 1 b\n${sum} file 1 a\n`],
    ['a file below a file', `${sum} file 1 a\n${sum} file 1 a/b\n`],
    ['a file below a link, not beside it', `${sum} link 1 a\n${sum} file 1 a.b\n${sum} file 1 a/b/c\n`],
    ['no end of line', `${sum} file 1 a`],
    ['an empty line', `\n`],
  ])('with %s is not one', (_, text) => {
    expect(parseManifest(text)).toBeUndefined();
  });

  test('of any other bytes is no manifest and no crash', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => text === '' || parseManifest(text) === undefined));
  });

  test('never yields a path that leaves the tree', () => {
    expect(['a', 'a/b', '..a', 'a..', '-rf', ' '].every(isTreePath)).toBe(true);
    expect(['', '/', '..', 'a/..', './a', 'a/', '\0', '\ud800'].some(isTreePath)).toBe(false);
  });
});
