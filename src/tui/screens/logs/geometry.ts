import type { Area } from '../../text/row.ts';
import { width, wrap } from '../../text/width.ts';
import type { LogEntry } from './ring.ts';
import type { Shown } from './shown.ts';
import { lineText } from './line-text.ts';
import type { LogsView } from './state.ts';
import { chunks } from './text.ts';

/** Where there is room for it, the sources stand beside the lines. */
const SIDE = 34;
const WIDE = 120;
const LONG_WORDS = 100;
const TIME = 8;
const WIDEST_NAME = 24;

/** Cells and rows of the parts of the screen; 0 for a part that is not there. */
export interface LogsLayout {
  readonly side: number;
  /** Rows above the lines. */
  readonly head: number;
  /** Rows of lines. */
  readonly rows: number;
  readonly time: number;
  readonly name: number;
  readonly level: number;
  readonly text: number;
}

export function layoutOf(logs: LogsView, area: Area): LogsLayout {
  const side = area.columns >= WIDE ? SIDE : 0;
  const columns = side === 0 ? area.columns : area.columns - side - 2;
  const head = side === 0 ? 2 : 1;
  const time = logs.time === 'off' ? 0 : TIME;
  const widest = Math.max(0, ...[...logs.names.values()].map(width));
  const name = Math.min(WIDEST_NAME, Math.floor(area.columns / 4), widest);
  const level = area.columns >= LONG_WORDS ? 7 : 5;
  const before = 2 + (time === 0 ? 0 : time + 1) + name + 1 + level + 1;
  return { side, head, rows: Math.max(1, area.rows - head), time, name, level, text: Math.max(8, columns - before) };
}

interface Drawn {
  readonly logs: LogsView;
  readonly layout: LogsLayout;
}

/** Words about a log take no more rows than these. */
const MOST_WORDS = 3;

/** The texts of the rows of a line that takes more than one. One that is longer than the screen ends with it. */
export function piecesOf(entry: LogEntry, { logs, layout }: Drawn, dash: string): readonly string[] {
  if (entry.kind === 'line') return chunks(lineText(entry, logs.fields), { columns: layout.text, most: layout.rows });
  const columns = layout.text + layout.name + layout.level + 2;
  return wrap(`${dash} ${entry.text} ${dash}`, columns).slice(0, Math.min(MOST_WORDS, layout.rows));
}

/** Rows that a line takes. Words about a log are never cut: they say what to do. */
export function heightOf(logs: LogsView, layout: LogsLayout): (entry: LogEntry) => number {
  return (entry) => (logs.lines === 'cut' && entry.kind === 'line' ? 1 : piecesOf(entry, { logs, layout }, '-').length);
}

/** Lines on the screen: from `start` to `end`, both of them shown; an `end` before the start where there is none. */
export interface LineWindow {
  readonly start: number;
  readonly end: number;
}

export interface Filling {
  readonly rows: number;
  readonly height: (entry: LogEntry) => number;
}

/** The lines that fill the screen with that one at the bottom; what is left of it is filled below. */
export function windowUpTo(shown: Shown, bottom: number, { rows, height }: Filling): LineWindow {
  if (shown.length === 0) return { start: 0, end: -1 };
  let end = Math.min(bottom, shown.length - 1);
  let start = end;
  let left = rows - heightAt(shown, end, height);
  while (start > 0 && heightAt(shown, start - 1, height) <= left) {
    start -= 1;
    left -= heightAt(shown, start, height);
  }
  while (start === 0 && end < shown.length - 1 && heightAt(shown, end + 1, height) <= left) {
    end += 1;
    left -= heightAt(shown, end, height);
  }
  return { start, end };
}

/** The lowest line on a screen that begins with that one. */
export function bottomBelow(shown: Shown, top: number, { rows, height }: Filling): number {
  let end = top;
  let left = rows - heightAt(shown, top, height);
  while (end < shown.length - 1 && heightAt(shown, end + 1, height) <= left) {
    end += 1;
    left -= heightAt(shown, end, height);
  }
  return end;
}

function heightAt(shown: Shown, index: number, height: Filling['height']): number {
  const entry = shown.at(index);
  return entry ? height(entry) : 0;
}
