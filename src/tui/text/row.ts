import { sanitise } from '../../base/sanitise.ts';
import type { Glyphs, Style, Theme } from '../theme.ts';
import { cut, pad, width } from './width.ts';

/** A piece of a row: text of one meaning. */
export interface Span {
  readonly text: string;
  readonly style: Style;
}

/** One row of the screen before it is painted. */
export interface Row {
  readonly spans: readonly Span[];
  readonly selected: boolean;
  /** Another row that begins at a column; this one ends before it. */
  readonly beside?: { readonly at: number; readonly row: Row };
}

/** The room a view has, and the glyphs it may use. */
export interface Area {
  readonly columns: number;
  readonly rows: number;
  readonly glyphs: Glyphs;
}

/** Text fit for the screen, whatever it came from: sanitised here once more, as the last gate before the terminal. */
export function span(text: string, style: Style = 'plain'): Span {
  return { text: sanitise(text), style };
}

export function row(...parts: readonly (string | Span)[]): Row {
  return { spans: parts.map((part) => (typeof part === 'string' ? span(part) : part)), selected: false };
}

export const blank: Row = row('');

export function selectedIf(isSelected: boolean, of: Row): Row {
  return isSelected ? { ...of, selected: true } : of;
}

/** Two rows as one: the left one ends at that column, where the wall stands. */
export function beside(left: Row, { at, wall }: { readonly at: number; readonly wall: string }, right: Row): Row {
  const walled = { ...right, spans: [span(wall, 'muted'), ...right.spans] };
  return { ...left, beside: { at, row: walled } };
}

/** The left row with the right one at the far end; the left one gives way when both do not fit. */
export function spread(left: Row, right: Row, area: Area): Row {
  const room = area.columns - rowWidth(right);
  if (room < 8) return left;
  return { ...left, spans: [...fit(left.spans, room - 1, area.glyphs.ellipsis), span(' '), ...right.spans] };
}

export function rowWidth(of: Row): number {
  return of.spans.reduce((sum, part) => sum + width(part.text), 0);
}

/** The row as one string of exactly `columns` cells, with its colours. */
export function paint(of: Row, columns: number, theme: Theme): string {
  const { beside: other, ...own } = of;
  if (other) return paint(own, other.at, theme) + paint(other.row, columns - other.at, theme);
  const spans = fit(of.spans, columns, theme.glyphs.ellipsis);
  if (of.selected) return sgr(theme.selected, spans.map((part) => part.text).join(''));
  return spans.map((part) => sgr(theme.sgr[part.style], part.text)).join('');
}

/** The spans in exactly `columns` cells. */
function fit(spans: readonly Span[], columns: number, ellipsis: string): Span[] {
  const fitted: Span[] = [];
  let room = columns;
  for (const part of spans) {
    if (room <= 0) break;
    const text = cut(part.text, room, ellipsis);
    room -= width(text);
    fitted.push({ ...part, text });
    if (text !== part.text) break;
  }
  if (room > 0) fitted.push({ text: pad('', room), style: 'plain' });
  return fitted;
}

function sgr(parameters: string, text: string): string {
  return parameters === '' || text === '' ? text : `\u001b[${parameters}m${text}\u001b[0m`;
}
