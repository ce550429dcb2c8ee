import { describe, expect, test } from 'vitest';
import { Overlap } from '../../src/logs/overlap.ts';

/** The lines that are passed on of those that a host tells when its log is followed anew. */
function fresh(tail: string, told: string) {
  const overlap = new Overlap(Array.from(tail));
  let passed: string[] | undefined;
  for (const line of told) {
    if (passed) passed.push(line);
    else {
      const found = overlap.next(line);
      if (found) passed = [...found];
    }
  }
  return { lines: (passed ?? overlap.rest()).join(''), joins: overlap.joins };
}

describe('lines that are told again', () => {
  test.each([
    ['abcde', 'cdefg', { lines: 'fg', joins: true }],
    ['abcde', 'abcde', { lines: '', joins: true }],
    ['abcde', 'e', { lines: '', joins: true }],
    ['abcde', 'xyz', { lines: 'xyz', joins: false }],
    ['abcde', 'cdx', { lines: 'cdx', joins: false }],
    ['', 'ab', { lines: 'ab', joins: false }],
    // lines that are all the same: as many as there may be are old
    ['aaaa', 'aaaa', { lines: '', joins: true }],
    ['aaaa', 'aab', { lines: 'b', joins: true }],
    ['abab', 'ababab', { lines: 'ab', joins: true }],
    ['xaba', 'abac', { lines: 'c', joins: true }],
  ])('after %s, and then %s, only %o is new', (tail, told, expected) => {
    expect(fresh(tail, told)).toEqual(expected);
  });
});
