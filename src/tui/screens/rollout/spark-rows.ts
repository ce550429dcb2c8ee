import { type Area, type Row, row, span } from '../../text/row.ts';
import { sparkline } from '../../text/sparkline.ts';
import { pad } from '../../text/width.ts';
import { type Measure, type Sides, valuesOf } from './series.ts';

const LINES: readonly {
  readonly measure: Measure;
  readonly title: string;
  readonly told: (value: number) => string;
}[] = [
  { measure: 'errors', title: 'log errors', told: (value) => value.toFixed(1) },
  { measure: 'latency', title: 'latency', told: (value) => `${value.toFixed(value < 10 ? 1 : 0)} ms` },
];

const WORDS = ' log errors  canary  9999 ms  baseline  9999 ms'.length;

const LEAST = 6;

/** Errors and latency over time, the canary beside the others at the same height. */
export function sparkRows(sides: Sides, { columns, glyphs }: Area): Row[] {
  const longest = Math.max(sides.canary.spans.length, sides.baseline.spans.length);
  const cells = Math.max(LEAST, Math.min(longest, Math.floor((columns - WORDS) / 2)));
  return LINES.map(({ measure, title, told }) => {
    const [canary, baseline] = [valuesOf(sides.canary, measure), valuesOf(sides.baseline, measure)];
    const max = largest([...canary, ...baseline]);
    const line = (values: readonly (number | undefined)[]) => sparkline(values, { cells, glyphs, max });
    const newest = (values: readonly (number | undefined)[]) => {
      const value = values.findLast((one) => one !== undefined);
      return pad(value === undefined ? glyphs.dash : told(value), '9999 ms'.length);
    };
    return row(
      span(` ${pad(title, 10)}  `, 'muted'),
      span('canary '),
      span(line(canary), 'busy'),
      span(` ${newest(canary)}`, 'strong'),
      span('  baseline ', 'muted'),
      span(line(baseline), 'muted'),
      span(` ${newest(baseline)}`, 'muted'),
    );
  });
}

function largest(values: readonly (number | undefined)[]): number {
  return values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
}
