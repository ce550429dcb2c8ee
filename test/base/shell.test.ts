import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { quote, sh } from '../../src/base/shell.ts';

const NASTY = [
  '',
  'plain',
  'with space',
  "it's",
  '"double"',
  '$(touch /tmp/never)',
  '`id`',
  '$HOME',
  '\\',
  'a\nb',
  '\t',
  '-rf',
  '--',
  '~',
  '*',
  '?',
  '[a]',
  '{a,b}',
  '!!',
  '#no comment',
  'a;b',
  'a&b',
  'a|b',
  'a>b',
  'é中🚀',
  '\u001b[31m',
  "'''",
  '%s',
  '\\n',
  '=x',
];

describe('quote', () => {
  for (const shell of [['dash'], ['bash'], ['busybox', 'sh']]) {
    it(`gives ${shell.join(' ')} every word back as it was`, () => {
      const words = NASTY.map(quote).join(' ');
      const out = execFileSync(shell[0]!, [...shell.slice(1), '-c', `printf '%s\\0' ${words}`]);
      expect(out.toString().split('\0').slice(0, -1)).toEqual(NASTY);
    });
  }

  it('refuses a NUL, which no argument can carry', () => {
    expect(() => quote('a\0b')).toThrow('NUL');
  });
});

describe('sh', () => {
  it('quotes every value, and each word of a list', () => {
    expect(sh`mv -T ${'a b'} ${['c', "d'e"]} ${3}`).toBe(`mv -T 'a b' c 'd'\\''e' 3`);
  });
});
