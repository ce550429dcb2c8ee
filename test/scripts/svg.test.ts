import xterm from '@xterm/headless';
import { describe, expect, it } from 'vitest';
import { cellsOf, type Cell } from '../../scripts/screens/cells.ts';
import { dark, painted } from '../../scripts/screens/colours.ts';
import { svg } from '../../scripts/screens/svg.ts';

const cell = (text: string, change: Partial<Cell> = {}): Cell => ({
  ...{ text, width: 1, fg: 'default', bg: 'default', ...change },
});
const cells = (text: string, change: Partial<Cell> = {}) => Array.from(text).map((one) => cell(one, change));

/** The elements of a picture of that row, without those that every picture has. */
function drawn(row: readonly Cell[], title = 'a screen'): readonly string[] {
  const picture = svg([row], { columns: 40, title });
  const inner = picture.slice(picture.indexOf('<g '), picture.indexOf('</g>'));
  return [...inner.matchAll(/<(?:text|rect|path)[^>]*>[^<]*/g)].map(([element]) => element);
}

const words = (row: readonly Cell[]) =>
  drawn(row).flatMap((element) => {
    const found = /^<text x="(\d+)" y="15" textLength="(\d+)"[^>]*>(.*)$/.exec(element);
    return found ? [{ text: found[3], x: Number(found[1]), length: Number(found[2]) }] : [];
  });

const bars = (row: readonly Cell[]) =>
  drawn(row).flatMap((element) => {
    const found = /^<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)" fill="([^"]+)"/.exec(element);
    return found ? [[...found.slice(1, 5).map(Number), found[5]]] : [];
  });

async function screen(text: string, columns = 20): Promise<Cell[][]> {
  const term = new xterm.Terminal({ cols: columns, rows: 2, allowProposedApi: true });
  await new Promise<void>((resolve) => term.write(text, resolve));
  return cellsOf(term.buffer.active, { columns, rows: 2 });
}

describe('a picture of a screen', () => {
  it('writes each word where its first cell is, as wide as its cells', () => {
    expect(words(cells('  one two   three '))).toEqual([
      { text: 'one two', x: 18, length: 63 },
      { text: 'three', x: 108, length: 45 },
    ]);
  });

  it('lets a character stand alone that may come from another font than its neighbours', () => {
    expect(words([...cells('a'), cell('✓'), ...cells('bc')])).toEqual([
      { text: 'a', x: 0, length: 9 },
      { text: '✓', x: 9, length: 9 },
      { text: 'bc', x: 18, length: 18 },
    ]);
  });

  it('gives a wide character two cells', () => {
    expect(words([cell('界', { width: 2 }), cell('x')])).toEqual([
      { text: '界', x: 0, length: 18 },
      { text: 'x', x: 18, length: 9 },
    ]);
  });

  it('begins anew where the look changes, and says the look', () => {
    const [first, second, third] = drawn([
      ...cells('a'),
      ...cells('b', { bold: true, fg: 2 }),
      ...cells('c', { italic: true, fg: '#010203' }),
    ]);
    expect(first).toMatch(/lengthAdjust="spacingAndGlyphs">a$/);
    expect(second).toContain(`fill="${dark.palette[2]}" font-weight="bold">b`);
    expect(third).toContain('fill="#010203" font-style="italic">c');
  });

  it('has one background for neighbours of the same, and none for that of the screen', () => {
    const row = [...cells('a '), ...cells('b c', { bg: 1 }), ...cells('d', { bg: 4 })];
    expect(bars(row)).toEqual([
      [18, 0, 27, 20, dark.palette[1]],
      [45, 0, 9, 20, dark.palette[4]],
    ]);
  });

  it('draws lines of the same weight into each other, and blocks by eighths', () => {
    expect(bars(cells('───'))).toEqual([[0, 9, 27, 1, dark.foreground]]);
    expect(bars(cells('┏━┃'))).toEqual([
      [4, 9, 14, 2, dark.foreground],
      [4, 9, 2, 11, dark.foreground],
      [22, 0, 2, 20, dark.foreground],
    ]);
    expect(bars(cells('██▂▌'))).toEqual([
      [0, 0, 18, 20, dark.foreground],
      [18, 15, 9, 5, dark.foreground],
      [27, 0, 4.5, 20, dark.foreground],
    ]);
    expect(drawn(cells('╭'))[0]).toMatch(/^<path d="M9 9\.5Q4\.5 9\.5 4\.5 20"/);
    expect(drawn(cells('░'))[0]).toContain('fill-opacity="0.25"');
    expect(words(cells('─█╯'))).toEqual([]);
  });

  it('underlines and strikes through, blanks as well', () => {
    expect(bars(cells('a b', { underline: true, fg: 3 }))).toEqual([[0, 17, 27, 1, dark.palette[3]]]);
    expect(bars(cells('ab', { strike: true }))).toEqual([[0, 10, 18, 1, dark.foreground]]);
  });

  it('takes text for text, whatever is in it', () => {
    const hostile = '</text><script>&"';
    expect(words(cells(hostile)).map(({ text }) => text)).toEqual(['&lt;/text&gt;&lt;script&gt;&amp;&quot;']);
    expect(svg([], { columns: 1, title: '</title>\u0000\ud800' })).toContain(
      '<title>&lt;/title&gt;\ufffd\ufffd</title>',
    );
    expect(drawn([cell('\u0007'), cell('\u009b'), cell('\ufffe')]).join('')).not.toMatch(/[\u0007\u009b\ufffe]/);
  });

  it('is as large as the screen, whatever is on it', () => {
    const size = /width="(\d+)" height="(\d+)" viewBox="0 0 \1 \2"/.exec(svg([[], []], { columns: 10, title: '' }));
    expect(size!.slice(1)).toEqual(['126', '68']);
  });

  it('is the same, byte for byte, for the same screen', async () => {
    const picture = async () => svg(await screen('\u001b[1;31mred\u001b[0m ─ 界'), { columns: 20, title: 'one' });
    expect(await picture()).toBe(await picture());
  });
});

describe('the colours of a cell', () => {
  it('are those of the terminal, of its palette, or its own', () => {
    const ink = (fg: Cell['fg']) => painted({ fg, bg: 'default' }, dark).ink;
    expect(['default' as const, 1, 9].map(ink)).toEqual([dark.foreground, dark.palette[1], dark.palette[9]]);
    expect([16, 21, 208, 231, 232, 255].map(ink)).toEqual([
      ...['#000000', '#0000ff', '#ff8700', '#ffffff', '#080808', '#eeeeee'],
    ]);
    expect(ink('#123456')).toBe('#123456');
  });

  it('change places when inverse, those of the terminal as well', () => {
    expect(painted({ fg: 'default', bg: 'default', inverse: true }, dark)).toEqual({
      ...{ ink: dark.background, behind: dark.foreground },
    });
    expect(painted({ fg: 1, bg: 4, inverse: true }, dark)).toEqual({ ink: dark.palette[4], behind: dark.palette[1] });
  });

  it('come nearer to what is behind them when dim', () => {
    expect(painted({ fg: '#ffffff', bg: '#000000', dim: true }, dark)).toEqual({ ink: '#8c8c8c', behind: '#000000' });
  });
});

describe('the cells of an emulator', () => {
  it('are what was written, with all of its looks', async () => {
    const [row] = await screen('\u001b[1;2;3;4;7;9mA\u001b[0;38;5;208;48;2;1;2;3mB\u001b[0;92mC');
    expect(row).toHaveLength(20);
    expect(row![0]).toEqual(
      cell('A', { bold: true, dim: true, italic: true, underline: true, inverse: true, strike: true }),
    );
    expect(row![1]).toMatchObject({ text: 'B', fg: 208, bg: '#010203', bold: false });
    expect(row![2]).toMatchObject({ text: 'C', fg: 10, bg: 'default' });
    expect(row![3]).toMatchObject({ text: '', fg: 'default' });
  });

  it('have a wide character once, and hide what is hidden', async () => {
    const [row] = await screen('界\u001b[8mx', 4);
    expect(row!.map(({ text, width }) => [text, width])).toEqual([
      ['界', 2],
      ['', 1],
      ['', 1],
    ]);
  });
});
