import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sanitise, sanitiseLines } from '../../src/base/sanitise.ts';

describe('sanitise', () => {
  it.each([
    ['colours', '\u001b[31mred\u001b[0m', 'red'],
    ['a clipboard write', 'a\u001b]52;c;aGk=\u0007b', 'ab'],
    ['a title that never ends', 'a\u001b]0;evil', 'a'],
    ['a device control string', 'a\u001bPq#0\u001b\\b', 'ab'],
    ['C1 sequences', 'a\u009b31mb\u009d0;x\u009cc', 'abc'],
    ['a lone escape', 'a\u001b', 'a'],
  ])('removes %s', (_name, text, clean) => {
    expect(sanitise(text)).toBe(clean);
  });

  it('shows what is left of control characters', () => {
    expect(sanitise('a\u0008b\u007f')).toBe('a^Hb^?');
    expect(sanitise('x\u202ey')).toBe('x\\u202ey');
  });

  it.each(['\u061c', '\u180e', '\u200f', '\u2066', '\u206e', '\ufeff', '\ufffb'])(
    'shows %j, which turns or hides text',
    (mark) => {
      expect(sanitise(`x${mark}y`)).toBe(`x\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}y`);
    },
  );

  it('leaves text of any script alone, and makes tabs two spaces', () => {
    expect(sanitise('héllo 中文 🚀\tx')).toBe('héllo 中文 🚀  x');
  });

  it('lets no control character through, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(sanitise(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u061c\u202a-\u202e]/);
      }),
    );
  });

  it('makes one line of each line, whatever ends it', () => {
    expect(sanitiseLines('a\r\nb\nc\n')).toEqual(['a', 'b', 'c']);
  });
});
