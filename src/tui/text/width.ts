import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';

/**
 * Most rows are made of characters that combine with nothing. One cell each: ASCII, Latin, and what our rules, bars and signs
 * are drawn with. Two: kana, the common ideographs, and Hangul. A regular expression is a hundred times cheaper than cutting
 * text into graphemes.
 */
const NARROW =
  ' -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2016\u2018-\u2027\u203a\u2190-\u2193\u21ba\u2212\u2500-\u25a0\u25cb\u25d0-\u25d3\u2713\u2717';
const WIDE = '\u3001-\u3029\u3041-\u3096\u30a1-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60';
const ALL_NARROW = new RegExp(`^[${NARROW}]*$`);
const SIMPLE = new RegExp(`^[${NARROW}${WIDE}]*$`);
const EACH_WIDE = new RegExp(`[${WIDE}]`, 'g');

/** What is not so simple comes again in every frame. */
const MOST_KNOWN = 2000;
const known = new Map<string, number>();

/** Terminal cells that the text takes. */
export function width(text: string): number {
  if (ALL_NARROW.test(text)) return text.length;
  return SIMPLE.test(text) ? text.length + (text.match(EACH_WIDE)?.length ?? 0) : widthOf(text);
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
  if (ALL_NARROW.test(text)) return text.slice(0, columns - 1) + ellipsis;
  if (SIMPLE.test(text)) return head(text, columns - 1) + ellipsis;
  return cliTruncate(text, columns, { truncationCharacter: ellipsis });
}

/** The first characters of a simple text, in at most so many cells. */
function head(text: string, columns: number): string {
  let room = columns;
  for (let at = 0; at < text.length; at += 1) {
    room -= ALL_NARROW.test(text[at]!) ? 1 : 2;
    if (room < 0) return text.slice(0, at);
  }
  return text;
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
