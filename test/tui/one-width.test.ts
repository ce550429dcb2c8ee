import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

interface Locked {
  readonly dependencies?: Readonly<Record<string, string>>;
}

const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>;
};

/** Where Node finds a package for whoever lies at `from`: beside it, else further up. Places are those of the lock. */
function placeOf(name: string, from: string): string {
  const place = `${from === '' ? '' : `${from}/`}node_modules/${name}`;
  if (packages[place]) return place;
  if (from === '') throw new Error(`${name} is not installed`);
  return placeOf(name, from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))));
}

/** All that is loaded with a package. */
function withAll(place: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(place)) return found;
  found.add(place);
  for (const name of Object.keys(packages[place]!.dependencies ?? {})) withAll(placeOf(name, place), found);
  return found;
}

/** What cuts and measures text: Ink, what we cut with, and ourselves. */
const places = ['ink', 'cli-truncate'].flatMap((name) => [...withAll(placeOf(name, ''))]);
const users = ['', ...places.filter((place) => packages[place]!.dependencies?.['string-width'] !== undefined)];

/** Two that count otherwise shift every cell behind the first character about which they differ. */
describe('the width of text is measured by one copy of string-width', () => {
  test('in the lock', () => {
    expect(users).toContain(placeOf('ink', ''));
    expect(new Set(users.map((place) => placeOf('string-width', place)))).toEqual(
      new Set(['node_modules/string-width']),
    );
  });

  test('as it is installed', () => {
    const files = users.map((place) => createRequire(join(ROOT, place, 'package.json')).resolve('string-width'));
    expect(new Set(files).size).toBe(1);
  });
});
