import type { Cell } from './cells.ts';
import { dark, painted, type Theme } from './colours.ts';
import { FONT, HIGH, type Placed, WIDE } from './grid.ts';
import { shapesOf } from './shapes.ts';
import { escaped, textsOf } from './texts.ts';

export interface SvgOptions {
  /** Of the screen; rows may be shorter. */
  readonly columns: number;
  /** For those who do not see it. */
  readonly title: string;
  readonly theme?: Theme;
}

const MARGIN = { x: 18, y: 14 };
const FAMILY = "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace";

/** A screen as a picture. The same cells give the same bytes. */
export function svg(rows: readonly (readonly Cell[])[], { columns, title, theme = dark }: SvgOptions): string {
  const width = columns * WIDE + 2 * MARGIN.x;
  const height = rows.length * HIGH + 2 * MARGIN.y;
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  const frame = `width="${width - 1}" height="${height - 1}" rx="10" fill="${theme.background}" stroke="${theme.frame}"`;
  const font = `font-family="${FAMILY}" font-size="${FONT}" fill="${theme.foreground}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect x="0.5" y="0.5" ${frame}/>`,
    `<g transform="translate(${MARGIN.x} ${MARGIN.y})" ${font}>`,
    ...rows.map((row, index) => drawnRow(row, index * HIGH, theme)).filter((line) => line !== ''),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

function drawnRow(cells: readonly Cell[], y: number, theme: Theme): string {
  let x = 0;
  const placed = cells.map((cell): Placed => {
    const at = { cell, x, ...painted(cell, theme) };
    x += cell.width * WIDE;
    return at;
  });
  return [...shapesOf(placed, y), ...textsOf(placed, y, theme.foreground)].join('');
}
