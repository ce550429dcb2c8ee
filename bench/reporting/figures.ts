/** What was measured of one contender: milliseconds a run, in the order of the rounds. */
export interface Samples {
  readonly name: string;
  readonly first: readonly number[];
  readonly redeploy: readonly number[];
}

/** The middle value; the mean of the two middle ones of an even number. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}

/** One line a contender, each measured against the same yardstick: what `ssh HOST true` took in this run. */
export function timeTable(samples: readonly Samples[], yardstick: number): readonly string[] {
  const head = ['', 'first', 'redeploy', 'fastest', 'slowest', 'to ssh true', 'rounds'];
  const rows = samples.map(({ name, first, redeploy }) => [
    name,
    first.length === 0 ? '' : seconds(median(first)),
    ...(redeploy.length === 0
      ? ['', '', '', '', '']
      : [
          seconds(median(redeploy)),
          seconds(Math.min(...redeploy)),
          seconds(Math.max(...redeploy)),
          `${(median(redeploy) / yardstick).toFixed(2)} x`,
          String(redeploy.length),
        ]),
  ]);
  return aligned([head, ...rows]);
}

/** First column to the left, numbers to the right. */
export function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]! + 2)))
      .join('')
      .trimEnd(),
  );
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

export function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
