import type { IBuffer, IBufferCell } from '@xterm/headless';
import type { Colour } from './colours.ts';

/** One character of a screen and how it looks. The second half of a wide one is not a cell of its own. */
export interface Cell {
  /** May be several code points; empty where nothing was ever written. */
  readonly text: string;
  readonly width: 1 | 2;
  readonly fg: Colour;
  readonly bg: Colour;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly italic?: boolean;
  readonly inverse?: boolean;
  readonly underline?: boolean;
  readonly strike?: boolean;
}

/** What the emulator shows, a row of cells for each of its rows. */
export function cellsOf(buffer: IBuffer, size: { readonly columns: number; readonly rows: number }): Cell[][] {
  return Array.from({ length: size.rows }, (_, row) => {
    const line = buffer.getLine(buffer.viewportY + row);
    return Array.from({ length: size.columns }, (__, column) => line?.getCell(column))
      .filter((cell) => cell !== undefined && cell.getWidth() > 0)
      .map((cell) => cellOf(cell!));
  });
}

function cellOf(cell: IBufferCell): Cell {
  return {
    text: cell.isInvisible() ? '' : cell.getChars(),
    width: cell.getWidth() === 2 ? 2 : 1,
    fg: colourOf(cell.isFgRGB(), cell.isFgPalette(), cell.getFgColor()),
    bg: colourOf(cell.isBgRGB(), cell.isBgPalette(), cell.getBgColor()),
    bold: cell.isBold() !== 0,
    dim: cell.isDim() !== 0,
    italic: cell.isItalic() !== 0,
    inverse: cell.isInverse() !== 0,
    underline: cell.isUnderline() !== 0,
    strike: cell.isStrikethrough() !== 0,
  };
}

function colourOf(isRgb: boolean, isPalette: boolean, value: number): Colour {
  if (isRgb) return `#${value.toString(16).padStart(6, '0')}`;
  return isPalette ? value : 'default';
}
