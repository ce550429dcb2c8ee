import type { Cell } from './cells.ts';

/** Of a cell, px: whole numbers, so that neighbours meet. Monospaced fonts are six tenths as wide as they are high. */
export const WIDE = 9;
export const HIGH = 20;
export const FONT = 15;
/** Below the top of the cell. */
export const BASELINE = 15;

/** A cell of a row: where it begins, px, and the colours it is drawn in. */
export interface Placed {
  readonly cell: Cell;
  readonly x: number;
  readonly ink: string;
  /** Undefined: that of the screen. */
  readonly behind: string | undefined;
}

/** A number as it is written: no more digits than are seen. */
export function px(value: number): string {
  return String(Math.round(value * 100) / 100);
}
