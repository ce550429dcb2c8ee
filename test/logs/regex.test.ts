import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { parseRegex } from '../../src/logs/regex.ts';
import type { Matcher } from '../../src/logs/matcher.ts';

function matcher(source: string, casing: 'same' | 'any' = 'same'): Matcher {
  const regex = parseRegex(source, { case: casing });
  if (regex.type === 'bad') throw new Error(regex.error);
  return regex.matcher;
}

/** V8's hits, those of nothing left out. */
function expected(source: string, flags: string, text: string) {
  return [...text.matchAll(new RegExp(source, `g${flags}`))]
    .map((match) => ({ start: match.index, end: match.index + match[0].length }))
    .filter(({ start, end }) => end > start);
}

/** V8 looks for `\\B` within characters of two units, too. */
function isMisjudged(source: string, text: string): boolean {
  return source.includes('\\B') && /[\u{10000}-\u{10ffff}]/u.test(text);
}

const atoms = fc.constantFrom(
  ...[
    'a',
    'b',
    'B',
    '.',
    '\\d',
    '\\w',
    '\\s',
    '\\W',
    '[ab]',
    '[^a]',
    '[a-c1]',
    '[\\d_-]',
    'é',
    '😀',
    '\\.',
    '\\x61',
    '1',
  ],
  ...['\\u0062', '\\p{L}', '\\P{L}', '[^\\p{Lu}]', 'k'],
);
const places = fc.constantFrom('^', '$', '\\b', '\\B');
const times = fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,3}', '{2,}', '*?', '+?', '??', '{0,2}?');

/** `filled`: nothing is repeated that may be nothing. V8 passes over empty rounds of a loop, which is no other find, but may be another hit. */
function sourcesOf(rounds: 'any' | 'filled') {
  return fc.letrec<{ regex: string }>((tie) => ({
    regex: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      atoms,
      places,
      fc.tuple(atoms, times).map((parts) => parts.join('')),
      fc.tuple(tie('regex'), tie('regex')).map((parts) => parts.join('')),
      fc.tuple(tie('regex'), tie('regex')).map((parts) => parts.join('|')),
      fc.tuple(atoms, tie('regex'), times).map(([first, of, many]) => `(${first}(${of}))${many}`),
      fc.tuple(tie('regex'), times).map(([of, many]) => (rounds === 'any' ? `(?:${of}|a)${many}` : `(?:${of}|a)`)),
    ),
  })).regex;
}
const texts = fc.string({
  unit: fc.constantFrom('a', 'b', 'B', 'A', '1', ' ', '.', '_', 'é', 'É', '😀', '\ud83d', 'K'),
  maxLength: 12,
});

describe('a regular expression', () => {
  it('finds what V8 finds', () => {
    fc.assert(
      fc.property(sourcesOf('any'), texts, fc.constantFrom('u', 'iu'), (source, text, flags) => {
        fc.pre(!isMisjudged(source, text));
        const own = matcher(source, flags === 'iu' ? 'any' : 'same');
        expect(own.test(text)).toBe(new RegExp(source, flags).test(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('hits where V8 hits', () => {
    fc.assert(
      fc.property(sourcesOf('filled'), texts, fc.constantFrom('u', 'iu'), (source, text, flags) => {
        fc.pre(!isMisjudged(source, text));
        const own = matcher(source, flags === 'iu' ? 'any' : 'same');
        expect(own.hits(text, 100)).toEqual(expected(source, flags, text));
      }),
      { numRuns: 2000 },
    );
  });

  it('is read or refused, whatever it is', () => {
    const pieces = fc.constantFrom(
      ...Array.from('()[]{}|*+?.^$\\-,:=!<>&/ab19 \n'),
      '(?',
      '(?<',
      '\\p{',
      '[:a:]',
      '\\u{',
      '😀',
      '\ud800',
    );
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.oneof(
            pieces,
            fc.nat(0x10ffff).map((code) => String.fromCodePoint(code)),
          ),
        }),
        texts,
        (source, text) => {
          const regex = parseRegex(source);
          if (regex.type === 'regex') regex.matcher.hits(text, 10);
          else expect(regex.at).toBeLessThanOrEqual(source.length);
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** Each of these takes V8 longer than anybody lives, or minutes, on a line of as many. */
const LONG = 16_000;

test.each([
  ['(a+)+$', `${'a'.repeat(LONG)}!`, false],
  ['(a|a)*b', 'a'.repeat(LONG), false],
  ['(a|aa)+$', `${'a'.repeat(LONG)}!`, false],
  ['(.*)*x', 'a'.repeat(LONG), false],
  ['(.*)*x', `${'a'.repeat(LONG)}x`, true],
  ['a*a*a*a*a*b', 'a'.repeat(LONG), false],
  ['(.*)(.*)(.*)(.*)[^a]', 'a'.repeat(LONG), false],
  ['^(\\w+\\s?)*$', `${'word '.repeat(LONG / 5)}!`, false],
  ['(x+x+)+y', 'x'.repeat(LONG), false],
  ['user=\\d+ .*failed', 'user=1 '.repeat(LONG / 7), false],
  ['((a{0,9}){0,9}){0,2}b', 'a'.repeat(LONG), false],
])('%s reads a hostile line once', (source, text, found) => {
  expect(matcher(source).test(text)).toBe(found);
  expect(matcher(source).hits(text, 100).length).toBeLessThanOrEqual(100);
});

it('finds the same once it has forgotten what it learned', () => {
  const source = 'a[ab]{13}c';
  let seed = 1;
  const text = Array.from({ length: LONG }, () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed & 65_536 ? 'a' : 'b';
  }).join('');
  const own = matcher(source);
  expect(own.test(text)).toBe(false);
  expect(own.test(`${text}aaaaaaaaaaaaaac`)).toBe(true);
  expect(own.test(text)).toBe(false);
});

test.each([
  ['ab(c', 2, '( is never closed'],
  ['ab)c', 2, ') closes nothing'],
  ['a[b', 1, '[ is never closed'],
  ['[z-a]', 1, 'the range ends before it begins'],
  ['*a', 0, 'there is nothing to repeat'],
  ['a|+', 2, 'there is nothing to repeat'],
  ['a**', 2, 'there is nothing to repeat'],
  ['^*', 0, 'a place cannot be repeated'],
  ['a{3,1}', 1, 'fewer at most than at least'],
  ['a{2000}', 1, 'more than 1000 times'],
  ['((a{50}){50}){50}', 0, 'too long once its repetitions are written out'],
  ['a\\', 1, 'nothing follows the last \\'],
  ['\\q', 0, '\\q is not known'],
  ['(a)\\1', 3, 'what a group found cannot be asked for again'],
  ['x(?=y)', 1, '(?= is not known: write two terms'],
  ['^(?!.*health)', 1, '(?! is not known: exclude with -term'],
  ['(?<=a)b', 0, '(?<= is not known'],
  ['[[:alpha:]]', 1, '[:alpha:] is not known'],
  ['\\p{Nonsense}', 0, 'there is no such character'],
  ['('.repeat(60), 51, 'more than 50 groups within each other'],
  ['(?i)a(', 5, '( is never closed'],
  ['a'.repeat(1001), 1000, 'longer than 1000 characters'],
])('%s is refused, and where', (source, at, error) => {
  expect(parseRegex(source)).toEqual({ type: 'bad', error: expect.stringContaining(error), at });
});

test.each([
  ['(?i)FAILED', 'it failed'],
  ['(?<who>\\w+)@(?P<where>\\w+)', 'bot@fra'],
  ['a{,2}]}', 'a{,2}]}'],
  ['[\\w-.]+!', 'a-b.c!'],
  ['\\/api\\/', '/api/'],
  ['[]', undefined],
  ['[^]', 'x'],
  ['', ''],
  ['a||b', ''],
])('%s is understood as JavaScript does', (source, text) => {
  expect(matcher(source).test(text ?? 'x')).toBe(text !== undefined);
});
