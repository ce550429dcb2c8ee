import { describe, expect, test } from 'vitest';
import { grouped } from '../../../src/base/text.ts';
import { chunks, splitAtHits, visible } from '../../../src/tui/screens/logs/text.ts';
import { literal } from '../../../src/logs/matcher.ts';
import { width } from '../../../src/tui/text/width.ts';

describe('long text', () => {
  test('is broken after so many cells, into no more pieces than asked for', () => {
    expect(chunks('abcdefgh', { columns: 3, most: 9 })).toEqual(['abc', 'def', 'gh']);
    expect(chunks('abcdefgh', { columns: 3, most: 2 })).toEqual(['abc', 'def']);
    expect(chunks('', { columns: 3, most: 9 })).toEqual(['']);
    expect(chunks('東京東京', { columns: 3, most: 9 })).toEqual(['東', '京', '東', '京']);
  });

  test('never takes more cells than there are, whatever it is made of', () => {
    for (const text of ['東a京b'.repeat(50), `${'é'.repeat(40)}👩‍👩‍👧‍👧x`, 'a\u0301'.repeat(90), '\ud83d'.repeat(9)]) {
      for (const piece of chunks(text, { columns: 7, most: 99 })) expect(width(piece)).toBeLessThanOrEqual(7);
    }
  });

  test('is seen through a window, with one cell more where it goes on', () => {
    expect(visible('abcdefgh', { from: 0, columns: 3 })).toBe('abcd');
    expect(visible('abcdefgh', { from: 6, columns: 3 })).toBe('gh');
    expect(visible('abc', { from: 60, columns: 3 })).toBe('');
    expect(visible('東京abc', { from: 2, columns: 3 })).toMatch(/^京abc/);
  });
});

test('what is looked for stands apart, without regard to case unless it has capitals', () => {
  const hits = (text: string, find: string) =>
    splitAtHits(text, [literal(find)]).map((piece) => (piece.isHit ? `<${piece.text}>` : piece.text));
  expect(hits('an Error, an error', 'error')).toEqual(['an ', '<Error>', ', an ', '<error>']);
  expect(hits('an Error, an error', 'Error')).toEqual(['an ', '<Error>', ', an error']);
  expect(hits('aaa', 'aa')).toEqual(['<aa>', 'a']);
  expect(hits('nothing', '')).toEqual(['nothing']);
});

test('numbers are grouped by thousands', () => {
  expect([0, 999, 1284, 20_000, 1_048_576].map(grouped)).toEqual(['0', '999', '1 284', '20 000', '1 048 576']);
});
