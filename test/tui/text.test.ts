import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { paragraph } from '../../src/tui/text/paragraph.ts';
import { beside, paint, row, selectedIf, span, spread } from '../../src/tui/text/row.ts';
import { type Column, columnWidths, tableRow } from '../../src/tui/text/table.ts';
import { cut, pad, width, wrap } from '../../src/tui/text/width.ts';
import { themeOf } from '../../src/tui/theme.ts';

const theme = themeOf({ palette: 'dark', ascii: false });
const mono = themeOf({ palette: 'mono', ascii: true });
const area = { columns: 30, rows: 10, glyphs: theme.glyphs };

const bare = (text: string) => text.replaceAll(/\u001b\[[\d;]*m/g, '');

describe('width', () => {
  test('a wide character takes two cells, also when it is cut', () => {
    expect(width('東京-1')).toBe(6);
    expect(cut('東京-1', 4, '…')).toBe('東…');
    expect(pad('東', 4)).toBe('東  ');
  });

  test('is what string-width says, also where that is not asked', () => {
    const all = Array.from({ length: 0x10000 - 0x20 }, (_, index) => String.fromCharCode(index + 0x20));
    const texts = all.filter((one) => !/[\ud800-\udfff]/.test(one)).map((one) => `か${one}a`);
    expect(texts.filter((text) => width(text) !== stringWidth(text))).toEqual([]);
  });

  test('a cut text is as wide as it may be, but for half a wide character', () => {
    const unit = fc.constantFrom('a', 'é', '█', '東', 'か', '한', '▓', 'e\u0301', '👍', ' ');
    fc.assert(
      fc.property(fc.string({ unit }), fc.integer({ min: 1, max: 40 }), (text, columns) => {
        const cells = stringWidth(cut(text, columns, '…'));
        expect(cells).toBeLessThanOrEqual(columns);
        expect(cells).toBeGreaterThanOrEqual(Math.min(stringWidth(text), columns - 1));
      }),
    );
  });

  test('a word longer than the line is broken, words are kept whole else', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
  });

  test('wrapped lines never exceed the width and lose no word', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 4, max: 40 }), (text, columns) => {
        const lines = wrap(text, columns);
        for (const line of lines) expect(width(line)).toBeLessThanOrEqual(Math.max(columns, 4));
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      }),
    );
  });
});

describe('rows', () => {
  test('a painted row is exactly as wide as the screen, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.integer({ min: 1, max: 100 }), (texts, columns) => {
        const painted = paint(row(...texts.map((text) => span(text, 'ok'))), columns, theme);
        expect(width(bare(painted))).toBe(columns);
      }),
    );
  });

  test('two rows beside each other meet at the wall, and only the one that is selected looks so', () => {
    const left = selectedIf(true, row('a long row on the left'));
    const painted = paint(beside(left, { at: 10, wall: '│' }, row(span('right', 'ok'))), 20, theme);
    expect(bare(painted)).toBe('a long ro…│right    ');
    expect(painted).toMatch(/^\u001b\[7ma long ro…\u001b\[0m/);
    expect(painted).toContain(`\u001b[32mright\u001b[0m`);
  });

  test('control sequences in a text never reach the terminal', () => {
    const painted = paint(row(span('a\u001b]52;c;aGk=\u0007b\u001b[2Jc\nd\u202e')), 30, theme);
    expect(painted).not.toMatch(/[\u0000-\u001f]/);
    expect(painted.trim()).toBe('abc^Jd\\u202e');
  });

  test('without colour nothing but bold, dim and inverse is sent', () => {
    for (const style of ['ok', 'bad', 'warn', 'busy', 'danger', 'title', 'muted'] as const) {
      expect(paint(row(span('x', style)), 1, mono)).toMatch(/^(\u001b\[[127](;[127])*m)?x/);
    }
  });

  test('of two ends of a row the right one stays whole', () => {
    const text = bare(paint(spread(row('a long left side'), row('right'), { ...area, columns: 16 }), 16, theme));
    expect(text).toBe('a long le… right');
  });

  test('a paragraph indents its further lines under the first', () => {
    const rows = paragraph('one two three four five six', area, { lead: span(' ! ') });
    expect(rows.map((one) => one.spans.map((part) => part.text).join(''))).toEqual([
      ' ! one two three four five',
      '   six',
    ]);
  });
});

describe('tables', () => {
  const columns: readonly Column[] = [
    { title: 'NAME', min: 4, drop: 0 },
    { title: 'NOTE', min: 6, drop: 2 },
    { title: 'AGE', min: 3, drop: 1 },
  ];
  const cells = [[span('bot.1'), span('a note of some length'), span('3d')]];

  test('columns leave in their order when it gets narrow, and shrink before that', () => {
    expect(columnWidths(columns, cells, 60)).toEqual([5, 21, 3]);
    expect(columnWidths(columns, cells, 20)).toEqual([5, 8, 3]);
    expect(columnWidths(columns, cells, 14)).toEqual([5, 0, 3]);
    expect(columnWidths(columns, cells, 6)).toEqual([5, 0, 0]);
  });

  test('a column in which nothing stands is left out', () => {
    expect(columnWidths(columns, [[span('bot.1'), span(''), span('3d')]], 60)).toEqual([5, 0, 3]);
  });

  test('cells stay under their titles with wide names', () => {
    const layout = { widths: [6, 4, 3], ellipsis: '…', lead: '' };
    const text = tableRow([span('東京'), span('x'), span('3d')], layout).spans.map((part) => part.text);
    expect(width(text.join(''))).toBe(6 + 2 + 4 + 2 + 3);
  });
});
