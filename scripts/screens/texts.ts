import { drawn } from './drawn.ts';
import { BASELINE, type Placed, px, WIDE } from './grid.ts';

/** What is written in a row: text of one look, without a gap. */
interface Run {
  readonly text: string;
  readonly x: number;
  readonly cells: number;
  readonly look: string;
  /** Another character may follow: fonts agree on the width of these. */
  readonly isOpen: boolean;
}

/**
 * The words of a row. Each is told how wide it is, so that it fits the grid in any font; a character that may come from
 * another font than its neighbours stands alone.
 */
export function textsOf(row: readonly Placed[], y: number, foreground: string): readonly string[] {
  const runs: Run[] = [];
  for (const one of row) {
    if (one.cell.text.trim() === '' || drawn(one.cell.text)) continue;
    const next = runOf(one, foreground);
    const last = runs.at(-1);
    if (last && follows(last, next)) runs.splice(-1, 1, joined(last, next));
    else runs.push(next);
  }
  return runs.map(({ text, x, cells, look }) => {
    const length = `textLength="${px(cells * WIDE)}" lengthAdjust="spacingAndGlyphs"`;
    return `<text x="${px(x)}" y="${px(y + BASELINE)}" ${length}${look}>${escaped(text)}</text>`;
  });
}

function runOf({ cell, x, ink }: Placed, foreground: string): Run {
  const look = [
    ink === foreground ? '' : ` fill="${ink}"`,
    cell.bold ? ' font-weight="bold"' : '',
    cell.italic ? ' font-style="italic"' : '',
  ].join('');
  return { text: cell.text, x, cells: cell.width, look, isOpen: /^[!-~]$/.test(cell.text) };
}

function follows(last: Run, next: Run): boolean {
  const end = last.x + last.cells * WIDE;
  // a single blank is kept by all viewers, two of them are not
  return last.isOpen && next.isOpen && last.look === next.look && (next.x === end || next.x === end + WIDE);
}

function joined(last: Run, next: Run): Run {
  const end = last.x + last.cells * WIDE;
  const gap = next.x === end ? '' : ' ';
  return { ...last, text: `${last.text}${gap}${next.text}`, cells: last.cells + gap.length + next.cells };
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Fit for XML: what it has no place for, control characters and halves of characters, is shown as such. */
export function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[&<>"]/g, (character) => ENTITIES[character]!)
    .replaceAll(/[^\t\n\r\u{20}-\u{7e}\u{a0}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\ufffd');
}
