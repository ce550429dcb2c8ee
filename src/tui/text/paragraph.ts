import type { Style } from '../theme.ts';
import { type Area, type Row, type Span, row, span } from './row.ts';
import { width, wrap } from './width.ts';

export interface ParagraphLook {
  /** Stands before the first line; the others are indented by its width. */
  readonly lead?: Span;
  readonly style?: Style;
  /** More lines than these are cut. */
  readonly most?: number;
}

/** A text over as many rows as it needs. */
export function paragraph(text: string, { columns }: Area, look: ParagraphLook = {}): Row[] {
  const { lead = span(' '), style = 'plain', most = Infinity } = look;
  const indent = span(' '.repeat(width(lead.text)));
  const lines = text.split('\n').flatMap((line) => wrap(line, columns - width(lead.text) - 1));
  return lines.slice(0, most).map((line, index) => row(index === 0 ? lead : indent, span(line, style)));
}
