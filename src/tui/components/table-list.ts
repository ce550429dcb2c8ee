import { leadOf, windowStart } from '../layout.ts';
import { type Column, columnWidths, tableRow, titleRow } from '../text/table.ts';
import { type Area, beside, blank, type Row, row, selectedIf, type Span, span } from '../text/row.ts';

export interface TableList<T> {
  readonly columns: readonly Column[];
  /** The widest text of each column. */
  readonly ruler: readonly string[];
  readonly items: readonly T[];
  readonly cursor: number;
  /** Its cells; or a text that keeps to no column. */
  readonly lineOf: (item: T) => readonly Span[] | { readonly text: readonly Span[] };
}

/** A list under its titles, in exactly `area.rows` rows; what is not seen is not built. */
export function tableListRows<T>(list: TableList<T>, area: Area): Row[] {
  const { columns, ruler, items } = list;
  const rows = Math.max(1, area.rows - 1);
  const cursor = Math.min(list.cursor, items.length - 1);
  const start = windowStart(cursor, items.length, rows);
  const shown = items.slice(start, start + rows);
  const seen = { start, shown: shown.length, length: items.length, glyphs: area.glyphs };
  const widths = columnWidths(columns, [ruler.map((text) => span(text))], area.columns - 4);
  const layout = { widths, ellipsis: area.glyphs.ellipsis, lead: '   ' };
  const lines = shown.map((item, offset) => {
    const lead = leadOf(start + offset, cursor, seen);
    const line = list.lineOf(item);
    const isMarked = start + offset === cursor;
    return selectedIf(isMarked, 'text' in line ? row(lead, ...line.text) : tableRow(line, { ...layout, lead }));
  });
  return filled([titleRow(columns, layout), ...lines], rows + 1);
}

/** Exactly so many rows: what stands below them keeps its place. */
export function filled(rows: readonly Row[], count: number): Row[] {
  return Array.from({ length: Math.max(0, count) }, (_, index) => rows[index] ?? blank);
}

/** What the left pane of two takes of the width. */
const LEFT = 0.6;

/** From so many columns on, details stand beside a list and not below it. */
export const TWO_PANES = 120;

/** A list and the details of what is marked in it, each in its pane; both are told how much room they have. */
export function twoPanes(
  left: (area: Area) => readonly Row[],
  right: (area: Area) => readonly Row[],
  area: Area,
): Row[] {
  const at = Math.floor(area.columns * LEFT);
  const ofLeft = left({ ...area, columns: at - 1 });
  const ofRight = right({ ...area, columns: area.columns - at - 1 });
  return Array.from({ length: area.rows }, (_, index) =>
    beside(ofLeft[index] ?? blank, { at, wall: ' ' }, ofRight[index] ?? blank),
  );
}
