import { age } from '../../components/signs.ts';
import { type Area, type Row, type Span, row, span } from '../../text/row.ts';
import { cut, pad, width } from '../../text/width.ts';
import type { Style } from '../../theme.ts';
import { type LogsLayout, piecesOf } from './geometry.ts';
import { LEVEL_SIGNS } from './level-signs.ts';
import { hostOf, lookOf } from '../../../logs/names.ts';
import type { LogEntry } from './ring.ts';
import { lineText } from './line-text.ts';
import type { Matcher } from '../../../logs/matcher.ts';
import type { LogsView } from './state.ts';
import { splitAtHits, visible } from './text.ts';

export interface LineLook {
  readonly logs: LogsView;
  readonly layout: LogsLayout;
  readonly area: Area;
  /** What ages are counted from. */
  readonly now: number;
  readonly isMarked: boolean;
}

/** The rows of one line: one, or more of them where it is wrapped. */
export function lineRows(entry: LogEntry, look: LineLook): Row[] {
  const { logs, layout, area } = look;
  const { dash, ellipsis } = area.glyphs;
  const head = headSpans(entry, look);
  if (logs.lines === 'cut' && entry.kind === 'line') {
    const text = visible(lineText(entry, logs.fields), { from: logs.sideways, columns: layout.text });
    return [row(...head, ...textSpans(entry, look, cut(text, layout.text, ellipsis)))];
  }
  const indent = span(' '.repeat(head.reduce((sum, part) => sum + width(part.text), 0)));
  return piecesOf(entry, { logs, layout }, dash).map((piece, index) =>
    row(...(index === 0 ? head : [indent]), ...textSpans(entry, look, piece)),
  );
}

/** What stands before the text. Words about a log name it themselves. */
function headSpans(entry: LogEntry, look: LineLook): Span[] {
  const lead = span(look.isMarked ? `${look.area.glyphs.pointer} ` : '  ', 'key');
  const head = [lead, ...timeSpans(entry, look)];
  if (entry.kind !== 'line') return head;
  return [...head, nameSpan(entry, look), span(' '), levelSpan(entry, look), span(' ')];
}

function timeSpans({ t }: LogEntry, { logs, layout, now }: LineLook): Span[] {
  if (logs.time === 'off') return [];
  const text = logs.time === 'clock' ? new Date(t).toISOString().slice(11, 19) : pad(age(now - t), layout.time, 'left');
  return [span(`${text} `, 'muted')];
}

function nameSpan({ source }: LogEntry, { logs, layout, area }: LineLook): Span {
  const name = pad(cut(logs.names.get(source) ?? '', layout.name, area.glyphs.ellipsis), layout.name);
  return span(name, source === '' ? 'plain' : hostStyle(hostOf(source)));
}

export function hostStyle(host: string): Style {
  return `host${lookOf(host)}` as Style;
}

function levelSpan({ level }: LogEntry, { layout, area }: LineLook): Span {
  if (level === undefined) return span(' '.repeat(layout.level));
  const { glyph, word, short, sign } = LEVEL_SIGNS[level];
  const lead = glyph === undefined ? ' ' : area.glyphs[glyph];
  return span(pad(`${lead} ${layout.level >= 7 ? word : short}`, layout.level), sign);
}

/** What is looked for, and what the filter looks for. */
function matchersOf({ finding, narrowing }: LogsView): readonly Matcher[] {
  const highlights = narrowing.type === 'filter' ? narrowing.highlights : [];
  return finding ? [finding, ...highlights] : highlights;
}

function textSpans({ kind, level }: LogEntry, { logs }: LineLook, text: string): Span[] {
  if (kind !== 'line') return [span(text, kind === 'mark' ? 'title' : 'warn')];
  const style = level === undefined ? 'plain' : LEVEL_SIGNS[level].text;
  return splitAtHits(text, matchersOf(logs)).map((piece) => span(piece.text, piece.isHit ? 'hit' : style));
}
