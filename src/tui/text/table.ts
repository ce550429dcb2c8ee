import { type Row, type Span, span } from './row.ts';
import { cut, pad, width } from './width.ts';

export interface Column {
  readonly title: string;
  /** Cells it needs to be worth showing. */
  readonly min: number;
  /** Cells it takes at most. */
  readonly max?: number;
  /** Columns with a higher number leave first when it gets narrow; 0 stays. */
  readonly drop: number;
}

const GAP = 2;

/** The width of each column, fitted to its content and to the room; 0 for one that has left. */
export function columnWidths(columns: readonly Column[], cells: readonly (readonly Span[])[], room: number): number[] {
  const natural = columns.map((column, index) => {
    const content = cells.reduce((widest, line) => Math.max(widest, width(line[index]?.text ?? '')), 0);
    // a column in which nothing stands is not worth its title
    return content === 0 ? 0 : Math.min(column.max ?? Infinity, Math.max(content, width(column.title)));
  });
  let kept = natural.map((_, index) => index).filter((index) => natural[index]! > 0);
  const least = (index: number) => Math.min(columns[index]!.min, natural[index]!);
  while (total(kept.map(least)) > room) {
    const leaves = kept
      .filter((index) => columns[index]!.drop > 0)
      .sort((a, b) => columns[b]!.drop - columns[a]!.drop)[0];
    if (leaves === undefined) break;
    kept = kept.filter((index) => index !== leaves);
  }
  return shrink(
    natural.map((cellsWide, index) => (kept.includes(index) ? cellsWide : 0)),
    { room, least },
  );
}

/** Takes a cell at a time from the widest column that can spare one, until all fit. */
function shrink(widths: number[], to: { room: number; least: (index: number) => number }): number[] {
  const fitted = [...widths];
  while (total(fitted.filter((cells) => cells > 0)) > to.room) {
    let widest = -1;
    fitted.forEach((cells, index) => {
      if (cells > to.least(index) && cells > (fitted[widest] ?? 0)) widest = index;
    });
    if (widest < 0) break;
    fitted[widest]! -= 1;
  }
  return fitted;
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, cells) => sum + cells, 0) + GAP * Math.max(0, widths.length - 1);
}

export interface TableLayout {
  readonly widths: readonly number[];
  readonly ellipsis: string;
  /** Put before every row: the indent, or the pointer of the selection. */
  readonly lead: string;
}

export function tableRow(cells: readonly Span[], layout: TableLayout): Row {
  const spans: Span[] = [span(layout.lead)];
  cells.forEach((cell, index) => {
    const columns = layout.widths[index] ?? 0;
    if (columns === 0) return;
    if (spans.length > 1) spans.push({ text: ' '.repeat(GAP), style: 'plain' });
    spans.push({ text: pad(cut(cell.text, columns, layout.ellipsis), columns), style: cell.style });
  });
  return { spans, selected: false };
}

export function titleRow(columns: readonly Column[], layout: TableLayout): Row {
  return tableRow(
    columns.map((column) => span(column.title, 'muted')),
    layout,
  );
}
