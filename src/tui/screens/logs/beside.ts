import { type Area, type Row, type Span, row, rowWidth, span } from '../../text/row.ts';
import { cut, pad, width } from '../../text/width.ts';
import { instanceOf, roleOf } from '../../../logs/names.ts';
import { LEVEL_SIGNS } from './level-signs.ts';
import { lineText } from './line-text.ts';
import { bottomOf } from './move.ts';
import type { LogEntry } from './ring.ts';
import type { SourcesLook } from './sources.ts';
import type { LogsView } from './state.ts';
import { visible } from './text.ts';

/** Two instances whose lines stand side by side. */
export interface Beside {
  readonly left: string;
  readonly right: string;
}

/** The instance that is compared, and one to compare it with: the same one on another host, else one of its role. */
export function besideOf({ sources }: Pick<LogsView, 'sources'>, left: string): Beside | undefined {
  const others = sources.filter((source) => source !== left);
  const [name, role] = [instanceOf(left), roleOf(left)];
  const right =
    others.find((source) => instanceOf(source) === name) ??
    others.find((source) => roleOf(source) === role) ??
    others[0];
  return right === undefined ? undefined : { left, right };
}

/** With the instance after the right one; the left one is left out. */
export function turned({ sources }: Pick<LogsView, 'sources'>, { left, right }: Beside): Beside {
  const others = sources.filter((source) => source !== left);
  return { left, right: others[(others.indexOf(right) + 1) % others.length]! };
}

/** The newest lines of both, each in its half, down to where the view stands. */
export function besideRows({ left, right }: Beside, look: SourcesLook): Row[] {
  const { layout, area } = look;
  const half = Math.floor((area.columns - 3) / 2);
  const rows = layout.rows - 1;
  const column = (source: string): readonly Row[] => {
    const lines = linesOf(source, look, rows).map((entry) => lineRow(entry, look, half));
    return [...Array.from({ length: rows - lines.length }, () => row('')), ...lines];
  };
  const [ours, theirs] = [column(left), column(right)];
  const title = (source: string) => row(span(pad(cut(source, half, area.glyphs.ellipsis), half), 'title'));
  return [joined(title(left), title(right), area), ...ours.map((one, index) => joined(one, theirs[index]!, area))];
}

function joined(left: Row, right: Row, area: Area): Row {
  const half = Math.floor((area.columns - 3) / 2);
  const rest = ' '.repeat(Math.max(0, half - rowWidth(left)));
  return row(...left.spans, `${rest} `, span(`${area.glyphs.branchPast} `, 'muted'), ...right.spans);
}

function linesOf(source: string, { logs }: SourcesLook, most: number): readonly LogEntry[] {
  const found: LogEntry[] = [];
  for (let index = bottomOf(logs); index >= 0 && found.length < most; index -= 1) {
    const entry = logs.shown.at(index)!;
    if (entry.source === source) found.unshift(entry);
  }
  return found;
}

/** `12:00:05 ERR could not connect` */
function lineRow(entry: LogEntry, { logs, area }: SourcesLook, half: number): Row {
  const { level, t, kind } = entry;
  const sign = level === undefined ? undefined : LEVEL_SIGNS[level];
  const head: Span[] = [
    span(`${new Date(t).toISOString().slice(11, 19)} `, 'muted'),
    span(`${pad(sign?.short ?? '', 3)} `, sign?.sign ?? 'plain'),
  ];
  const room = half - head.reduce((sum, part) => sum + width(part.text), 0);
  const text = visible(lineText(entry, logs.fields), { from: logs.sideways, columns: room });
  return row(...head, span(cut(text, room, area.glyphs.ellipsis), kind === 'line' ? (sign?.text ?? 'plain') : 'warn'));
}
