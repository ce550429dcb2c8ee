import type { Glyphs } from '../glyphs.ts';

export interface SparklineLayout {
  /** The text is exactly so wide, unless it is 0 or less. */
  readonly cells: number;
  readonly glyphs: Pick<Glyphs, 'heights'>;
  /** What the full height means; the largest value without it. */
  readonly max?: number;
}

/**
 * Values over time as one row, the newest on the right. The lowest height is for nothing (0 or less), so that a little is
 * never taken for nothing. Undefined (not measured) is a gap. Where there are more values than cells, each cell shows the
 * largest of its neighbours: a peak is never lost.
 */
export function sparkline(
  values: readonly (number | undefined)[],
  { cells, glyphs, max = largest(values) ?? 0 }: SparklineLayout,
): string {
  const shown = squeezed(values, cells).map((value) => (value === undefined ? ' ' : heightOf(value, max, glyphs)));
  return shown.join('').padStart(cells);
}

function heightOf(value: number, max: number, { heights }: Pick<Glyphs, 'heights'>): string {
  const top = heights.length - 1;
  // more than nothing of nothing is full height
  const level = value <= 0 ? 0 : max <= 0 ? top : Math.min(top, Math.max(1, Math.ceil((value / max) * top)));
  return heights[level] ?? ' ';
}

function squeezed(values: readonly (number | undefined)[], cells: number): (number | undefined)[] {
  if (values.length <= cells) return values.map((value) => largest([value]));
  return Array.from({ length: Math.max(0, cells) }, (_, cell) => {
    const from = Math.floor((cell * values.length) / cells);
    return largest(values.slice(from, Math.floor(((cell + 1) * values.length) / cells)));
  });
}

/** Undefined when nothing was measured; what is no number is no measurement. */
function largest(values: readonly (number | undefined)[]): number | undefined {
  const measured = values.filter((value): value is number => value !== undefined && !Number.isNaN(value));
  return measured.length === 0 ? undefined : measured.reduce((most, value) => Math.max(most, value));
}
