import { sanitise } from '../../../base/sanitise.ts';
import { hits } from '../../../logs/hits.ts';
import type { Matcher } from '../../../logs/matcher.ts';
import { width } from '../../text/width.ts';

const ASCII = /^[ -~]*$/;

/** No character that takes a cell is longer than this, as a rule: enough of a text to fill so many cells. */
const PER_CELL = 4;

/** Breaks a text after so many cells, into at most so many pieces; never empty. */
export function chunks(text: string, { columns, most }: { readonly columns: number; readonly most: number }): string[] {
  const found: string[] = [];
  let rest = fit(text.slice(0, columns * most * PER_CELL));
  do {
    const piece = firstCells(rest, columns);
    found.push(piece);
    rest = rest.slice(piece.length);
  } while (rest !== '' && found.length < most);
  return found;
}

/** What is seen of a text through a window of `columns` cells that begins at cell `from`. */
export function visible(text: string, { from, columns }: { readonly from: number; readonly columns: number }): string {
  // one cell more than there is room for, so that a cut is seen as one
  const near = fit(text.slice(0, (from + columns + 1) * PER_CELL));
  if (ASCII.test(near)) return near.slice(from, from + columns + 1);
  // one that is wide may stand across the edge
  return firstCells(near.slice(firstCells(near, from).length), columns + 2);
}

function fit(text: string): string {
  return sanitise(text).replace(/[\ud800-\udbff]$/, '');
}

/** As much of the beginning as fits into so many cells, and at least one character of it. */
function firstCells(text: string, columns: number): string {
  if (columns === 0) return '';
  const start = text.slice(0, columns);
  if (ASCII.test(start)) return start;
  let cells = 0;
  let end = 0;
  for (const { segment } of new Intl.Segmenter().segment(text.slice(0, columns * PER_CELL))) {
    cells += width(segment);
    if (cells > columns && end > 0) break;
    end += segment.length;
  }
  return text.slice(0, end);
}

/** Pieces of a text, those that were looked for apart from the others. */
export function splitAtHits(
  text: string,
  matchers: readonly Matcher[],
): readonly { readonly text: string; readonly isHit: boolean }[] {
  const pieces: { text: string; isHit: boolean }[] = [];
  let at = 0;
  for (const { start, end } of matchers.length === 0 ? [] : hits(text, matchers)) {
    if (start > at) pieces.push({ text: text.slice(at, start), isHit: false });
    pieces.push({ text: text.slice(start, end), isHit: true });
    at = end;
  }
  return at < text.length || pieces.length === 0 ? [...pieces, { text: text.slice(at), isHit: false }] : pieces;
}
