import { expect, test } from 'vitest';
import { hits } from '../../src/logs/hits.ts';
import { literal, type Matcher } from '../../src/logs/matcher.ts';
import { parseRegex } from '../../src/logs/regex.ts';

function regex(source: string): Matcher {
  const read = parseRegex(source);
  if (read.type === 'bad') throw new Error(read.error);
  return read.matcher;
}

/** The text with what is marked in brackets. */
function marked(text: string, matchers: readonly Matcher[], most?: number): string {
  let from = 0;
  let out = '';
  for (const { start, end } of hits(text, matchers, most)) {
    out += `${text.slice(from, start)}[${text.slice(start, end)}]`;
    from = end;
  }
  return out + text.slice(from);
}

test.each([
  ['a word is marked without regard to case', 'Timeout: timeout', [literal('timeout')], '[Timeout]: [timeout]'],
  ['a word with capitals is marked as it is', 'Timeout: timeout', [literal('Timeout')], '[Timeout]: timeout'],
  ['a word is no expression', 'a.c abc', [literal('a.c')], '[a.c] abc'],
  ['letters beyond ASCII have no case either', 'ÄRGER ärger', [literal('ärger')], '[ÄRGER] [ärger]'],
  ['what overlaps is one', 'abcdef', [literal('abcd'), literal('cdef')], '[abcdef]'],
  ['what touches is one', 'abab', [literal('ab')], '[abab]'],
  ['hits of all are in order', 'b a', [literal('a'), literal('b')], '[b] [a]'],
  ['an expression is marked', 'user=12 user=x', [regex('user=\\d+')], '[user=12] user=x'],
  ['nothing is marked where nothing is found', 'abc', [regex('x*'), literal('')], 'abc'],
  ['nothing is looked for', 'abc', [], 'abc'],
])('%s', (...[, text, matchers, expected]) => {
  expect(marked(text, matchers)).toBe(expected);
});

test('no more is marked than is asked for', () => {
  expect(marked('a-a-a-a', [literal('a')], 2)).toBe('[a]-[a]-a-a');
  expect(marked('a-a-a-a', [regex('a')], 2)).toBe('[a]-[a]-a-a');
  expect(hits('a '.repeat(8000), [literal('a')])).toHaveLength(200);
});

test('a line on which every place is a long way from a hit is given up, not searched for ever', () => {
  const text = 'x'.repeat(16_000);
  expect(hits(text, [regex('x.*y|x')]).length).toBeLessThanOrEqual(200);
});
