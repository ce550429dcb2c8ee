import type { Area } from './text/row.ts';
import type { Size, UiState } from './state.ts';
import { type Glyphs, themeOf } from './theme.ts';

/** Rows that are not body: header, rule, notice or rule, footer. */
const CHROME = 4;

export const SMALLEST: Size = { columns: 60, rows: 15 };

export function isTooSmall(size: Size): boolean {
  return size.columns < SMALLEST.columns || size.rows < SMALLEST.rows;
}

export function bodyRows(state: UiState): number {
  return Math.max(1, state.size.rows - CHROME);
}

/** The room between header and footer. */
export function bodyOf(state: UiState): Area {
  return { columns: state.size.columns, rows: bodyRows(state), glyphs: themeOf(state.looks).glyphs };
}

/** What part of a list is on the screen. */
export interface ListWindow {
  readonly start: number;
  readonly shown: number;
  readonly length: number;
}

/** Stands before a row of a list: where the cursor is, and that the list goes on above or below. */
export function leadOf(index: number, cursor: number | undefined, list: ListWindow & { glyphs: Glyphs }): string {
  const { start, shown, length, glyphs } = list;
  const isFirst = index === start && start > 0;
  const isLast = index === start + shown - 1 && index < length - 1;
  return `${isFirst ? glyphs.above : isLast ? glyphs.below : ' '}${index === cursor ? glyphs.pointer : ' '} `;
}

/** The first of `length` lines to show so that the cursor is seen, with as much around it as there is. */
export function windowStart(cursor: number, length: number, rows: number): number {
  return Math.max(0, Math.min(cursor - Math.floor(rows / 2), length - rows));
}
