import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';

/** Most rows are plain ASCII, and a regular expression is a hundred times cheaper than cutting text into graphemes. */
const ASCII = /^[ -~]*$/;

/** Rules, bars and names come again in every frame. */
const MOST_KNOWN = 2000;
const known = new Map<string, number>();

/** Terminal cells that the text takes. */
export function width(text: string): number {
  return ASCII.test(text) ? text.length : widthOf(text);
}

function widthOf(text: string): number {
  const before = known.get(text);
  if (before !== undefined) return before;
  if (known.size >= MOST_KNOWN) known.clear();
  const cells = stringWidth(text);
  known.set(text, cells);
  return cells;
}

/** The text in at most `columns` cells; a cut is shown by the ellipsis, which takes one cell. */
export function cut(text: string, columns: number, ellipsis: string): string {
  if (columns <= 0) return '';
  if (width(text) <= columns) return text;
  if (ASCII.test(text)) return text.slice(0, columns - 1) + ellipsis;
  return cliTruncate(text, columns, { truncationCharacter: ellipsis });
}

/** The text with spaces behind it (or before it), in at least `columns` cells. */
export function pad(text: string, columns: number, side: 'left' | 'right' = 'right'): string {
  const missing = ' '.repeat(Math.max(0, columns - width(text)));
  return side === 'right' ? text + missing : missing + text;
}

/** Words over several lines of at most `columns` cells; a word that is longer than a line is broken. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let open = '';
  for (const word of text.split(' ').flatMap((part) => pieces(part, columns))) {
    if (open !== '' && width(open) + 1 + width(word) > columns) {
      lines.push(open);
      open = word;
    } else {
      open = open === '' ? word : `${open} ${word}`;
    }
  }
  return [...lines, open];
}

function pieces(word: string, columns: number): string[] {
  if (columns < 2 || width(word) <= columns) return [word];
  const found: string[] = [];
  let open = '';
  for (const { segment } of new Intl.Segmenter().segment(word)) {
    if (width(open) + width(segment) > columns) {
      found.push(open);
      open = '';
    }
    open += segment;
  }
  return [...found, open];
}
