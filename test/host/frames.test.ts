import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineSplitter, parseFrame, text } from '../../src/host/frames.ts';
import { hostScript } from '../../src/host/script.ts';
import { EVERY_SHELL, type Shell, which } from './shells.ts';

const NONCE = 'n0nce';
const ARGV = { dash: [which('dash')], bash: [which('bash')], busybox: [which('busybox'), 'sh'] };

/** What the script's `frame` prints for these fields. */
function framed(shell: Shell, fields: readonly string[], before = ''): string {
  const [program, ...args] = ARGV[shell];
  const body = `${hostScript().text}\nexec 3>&1\nN=${NONCE}\n${before}\nframe kind "$@"`;
  return execFileSync(program!, [...args, '-c', body, 'sh', ...fields]).toString('latin1');
}

const HOSTILE = [
  '',
  ' ',
  'a\tb',
  'line\nline\n',
  '\r',
  '100%',
  '%41',
  '\u001b]52;c;Zm9v\u0007',
  '\u007f',
  "it's",
  '"$(id)"`id`',
  '\\n',
  '-n',
  '🦊 ünï',
  '@n0nce\tend\t0',
  '\u0001\u0002\u001f',
];

describe.each(EVERY_SHELL)('frames of %s', (shell) => {
  test('carry hostile fields through one line, byte for byte', () => {
    const line = framed(shell, HOSTILE);
    expect(line.split('\n')).toHaveLength(2);
    const frame = parseFrame(Buffer.from(line.trimEnd(), 'latin1').toString(), NONCE);
    expect(frame).toEqual({ kind: 'kind', fields: HOSTILE });
  });

  test('carry every control character', () => {
    const all = Array.from({ length: 32 }, (_, code) => String.fromCharCode(code + 1)).join('');
    const frame = parseFrame(framed(shell, [`${all}\u007f`]).trimEnd(), NONCE);
    expect(frame?.fields).toEqual([`${all}\u007f`]);
  });

  test('show bytes that are not UTF-8 as replacement characters', () => {
    const line = framed(shell, [], 'set -- "$(printf \'\\377%%\')"');
    expect(parseFrame(Buffer.from(line.trimEnd(), 'latin1').toString(), NONCE)?.fields).toEqual(['\ufffd%']);
  });
});

test('a line with another nonce, or none, is no frame', () => {
  expect(parseFrame('@other\tend\t0', NONCE)).toBeUndefined();
  expect(parseFrame('@n0nceend\t0', NONCE)).toBeUndefined();
  expect(parseFrame(' @n0nce\tend\t0', NONCE)).toBeUndefined();
  expect(parseFrame('end\t0', NONCE)).toBeUndefined();
});

test('text of a frame is fit for a terminal', () => {
  const frame = parseFrame(`@${NONCE}\tline\t%1b[31mred%1b]0;title%07%0a`, NONCE)!;
  expect(text(frame, 0)).toBe('red^J');
  expect(text(frame, 7)).toBe('');
});

test('lines are the same however the stream is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), fc.integer({ min: 1, max: 7 }), (parts, size) => {
      const whole = Buffer.from(parts.map((part) => part.replaceAll('\n', ' ')).join('\n'));
      const splitter = new LineSplitter();
      const seen: string[] = [];
      for (let at = 0; at < whole.length; at += size) seen.push(...splitter.push(whole.subarray(at, at + size)));
      seen.push(...splitter.end());
      const expected = whole.toString().split('\n');
      if (expected.at(-1) === '') expected.pop();
      expect(seen).toEqual(expected);
    }),
  );
});

test('a line that never ends is cut, so that memory stays bounded', () => {
  const splitter = new LineSplitter();
  const cut = splitter.push(Buffer.alloc(1_500_000, 'x'));
  expect(cut).toHaveLength(1);
  expect(splitter.end()).toEqual([]);
});

test('what follows in a line that was cut is no line of its own', () => {
  const splitter = new LineSplitter();
  splitter.push(Buffer.alloc(1_500_000, 'x'));
  expect(splitter.push(Buffer.from('|9|forged'))).toEqual([]);
  expect(splitter.push(Buffer.from('|9|forged\nnext\nla'))).toEqual(['next']);
  expect(splitter.push(Buffer.from('st'))).toEqual([]);
  expect(splitter.end()).toEqual(['last']);
});
