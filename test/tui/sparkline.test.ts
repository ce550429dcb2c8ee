import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ascii, unicode } from '../../src/tui/glyphs.ts';
import { sparkline } from '../../src/tui/text/sparkline.ts';
import { width } from '../../src/tui/text/width.ts';

const eight = { cells: 8, glyphs: unicode };

describe('a sparkline', () => {
  test('has eight heights from nothing to the largest value', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], eight)).toBe('▁▂▃▄▅▆▇█');
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], { ...eight, glyphs: ascii })).toBe('._-=+*%#');
  });

  test('shows what was not measured as a gap, and never as nothing', () => {
    expect(sparkline([7, undefined, 0, Number.NaN, 7], { cells: 5, glyphs: unicode })).toBe('█ ▁ █');
    expect(sparkline([undefined, undefined], { cells: 2, glyphs: unicode })).toBe('  ');
  });

  test('never shows a little as nothing', () => {
    expect(sparkline([0, 0.001, 1000], { cells: 3, glyphs: unicode })).toBe('▁▂█');
  });

  test('is flat on the ground when all is zero, or below', () => {
    expect(sparkline([0, -3, 0], { cells: 3, glyphs: unicode })).toBe('▁▁▁');
  });

  test('has the newest value on the right, and blanks before the first', () => {
    expect(sparkline([1, 2], { cells: 5, glyphs: unicode })).toBe('   ▅█');
  });

  test('is measured by the given maximum, which nothing rises above', () => {
    expect(sparkline([1, 5, 10, 99], { cells: 4, glyphs: unicode, max: 10 })).toBe('▂▅██');
    expect(sparkline([0, 1], { cells: 2, glyphs: unicode, max: 0 })).toBe('▁█');
    expect(sparkline([1, Infinity], { cells: 2, glyphs: unicode, max: 10 })).toBe('▂█');
  });

  test('loses no peak when there are more values than cells', () => {
    const values = Array.from({ length: 1000 }, (_, i) => (i === 333 ? 9 : 1));
    expect(sparkline(values, { cells: 10, glyphs: unicode })).toBe('▂▂▂█▂▂▂▂▂▂');
  });

  test('has a gap only where none of the neighbours was measured', () => {
    const values = [1, undefined, undefined, undefined, 1, 1];
    expect(sparkline(values, { cells: 3, glyphs: unicode })).toBe('█ █');
  });

  test('is exactly as wide as it was told, whatever it is given', () => {
    const values = fc.array(fc.oneof(fc.constant(undefined), fc.double(), fc.integer()));
    const max = fc.option(fc.double(), { nil: undefined });
    fc.assert(
      fc.property(values, fc.integer({ min: 0, max: 60 }), max, (given, cells, limit) => {
        const text = sparkline(given, { cells, glyphs: unicode, ...(limit === undefined ? {} : { max: limit }) });
        expect(width(text)).toBe(cells);
        expect(text).toMatch(/^[ ▁▂▃▄▅▆▇█]*$/);
      }),
    );
  });
});
