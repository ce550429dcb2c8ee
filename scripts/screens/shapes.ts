import { type Drawn, drawn } from './drawn.ts';
import { BASELINE, HIGH, type Placed, px, WIDE } from './grid.ts';

/** Where lines cross, from the corner of the cell. */
const MIDDLE = { x: (WIDE - 1) / 2, y: HIGH / 2 - 1 };

interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly fill: string;
  readonly opacity: number;
}

/** All of a row that is not written: backgrounds, blocks and lines. */
export function shapesOf(row: readonly Placed[], y: number): readonly string[] {
  const bar = (isThere: (one: Placed) => boolean | undefined, top: number) =>
    row.filter(isThere).map((one) => of(one, { y: y + top, height: 1, fill: one.ink }));
  const behind = row.flatMap((one) => (one.behind === undefined ? [] : [of(one, { y, fill: one.behind })]));
  const signs = row.flatMap((one) => {
    const sign = drawn(one.cell.text);
    return sign ? [{ one, sign }] : [];
  });
  const blocks = signs.flatMap(({ one, sign }) => (sign.type === 'block' ? [blockOf(one, y, sign)] : []));
  const lines = signs.flatMap(({ one, sign }) => (sign.type === 'lines' ? [{ one, sign }] : []));
  const bars = lines.flatMap(({ one, sign }) => (sign.isRound ? [] : straight(one, y, sign)));
  const corners = lines.flatMap(({ one, sign }) => (sign.isRound ? [corner(one, y, sign)] : []));
  return [
    ...rects(behind),
    ...rects(blocks),
    ...rects(bars.filter(({ width, height }) => width > height)),
    ...rects(bars.filter(({ width, height }) => width <= height)),
    ...corners,
    ...rects(bar(({ cell }) => cell.underline, BASELINE + 2)),
    ...rects(bar(({ cell }) => cell.strike, BASELINE - 5)),
  ];
}

function of({ x, cell }: Placed, rect: Partial<Rect> & Pick<Rect, 'y' | 'fill'>): Rect {
  return { x, width: cell.width * WIDE, height: HIGH, opacity: 1, ...rect };
}

function blockOf({ x, ink }: Placed, y: number, block: Extract<Drawn, { type: 'block' }>): Rect {
  return {
    x: x + block.left * WIDE,
    y: y + block.top * HIGH,
    width: (block.right - block.left) * WIDE,
    height: (block.bottom - block.top) * HIGH,
    ...{ fill: ink, opacity: block.opacity },
  };
}

/** Neighbours that look the same are one. */
function rects(all: readonly Rect[]): readonly string[] {
  const merged: Rect[] = [];
  for (const rect of all) {
    const last = merged.at(-1);
    if (last && continues(last, rect)) merged.splice(-1, 1, { ...last, width: last.width + rect.width });
    else merged.push(rect);
  }
  return merged.map(({ x, y, width, height, fill, opacity }) => {
    const shade = opacity === 1 ? '' : ` fill-opacity="${px(opacity)}"`;
    const size = `width="${px(width)}" height="${px(height)}"`;
    return `<rect x="${px(x)}" y="${px(y)}" ${size} fill="${fill}"${shade} shape-rendering="crispEdges"/>`;
  });
}

function continues(last: Rect, next: Rect): boolean {
  const isBeside = last.x + last.width === next.x && last.y === next.y && last.height === next.height;
  return isBeside && last.fill === next.fill && last.opacity === next.opacity;
}

type Lines = Extract<Drawn, { type: 'lines' }>;

/** Straight lines as what they cover; level ones meet those of the next cell. */
function straight({ x, ink }: Placed, y: number, { arms, isHeavy }: Lines): readonly Rect[] {
  const thick = isHeavy ? 2 : 1;
  const [left, right] = [arms.has('left') ? 0 : MIDDLE.x, arms.has('right') ? WIDE : MIDDLE.x + thick];
  const [top, bottom] = [arms.has('up') ? 0 : MIDDLE.y, arms.has('down') ? HIGH : MIDDLE.y + thick];
  const look = { fill: ink, opacity: 1 };
  const level = { x: x + left, y: y + MIDDLE.y, width: right - left, height: thick, ...look };
  const upright = { x: x + MIDDLE.x, y: y + top, width: thick, height: bottom - top, ...look };
  return [
    ...(arms.has('left') || arms.has('right') ? [level] : []),
    ...(arms.has('up') || arms.has('down') ? [upright] : []),
  ];
}

/** A round corner, in the middle of where straight lines come from. */
function corner({ x, ink }: Placed, y: number, { arms }: Lines): string {
  const middle = { x: px(x + MIDDLE.x + 0.5), y: px(y + MIDDLE.y + 0.5) };
  const from = `${px(arms.has('left') ? x : x + WIDE)} ${middle.y}`;
  const to = `${middle.x} ${px(arms.has('up') ? y : y + HIGH)}`;
  return `<path d="M${from}Q${middle.x} ${middle.y} ${to}" fill="none" stroke="${ink}"/>`;
}
