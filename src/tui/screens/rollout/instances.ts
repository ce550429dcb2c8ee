import { releaseOf } from '../../../rollout/progress.ts';
import { formatDuration, writtenDuration } from '../../../base/duration.ts';
import { leadOf, windowStart } from '../../layout.ts';
import { shortRelease } from '../../text/release.ts';
import { type InstanceLine, instanceCursor, instanceLines } from './select.ts';
import { countdown, deadlineLeft } from './waits.ts';
import type { RolloutView, UiState } from '../../state.ts';
import { type Column, columnWidths, tableRow, titleRow } from '../../text/table.ts';
import { type Area, type Row, type Span, selectedIf, span } from '../../text/row.ts';
import type { Glyphs } from '../../theme.ts';
import { bar, healthSign, instanceSign } from '../../components/signs.ts';

const COLUMNS: readonly Column[] = [
  { title: 'INSTANCE', min: 24, max: 32, drop: 0 },
  { title: 'STATE', min: 11, max: 14, drop: 0 },
  { title: 'RUNS', min: 7, max: 26, drop: 4 },
  { title: 'PROBE', min: 14, max: 34, drop: 1 },
  { title: 'HEALTHY', min: 16, drop: 2 },
  { title: 'LEFT', min: 4, drop: 1 },
  { title: 'NOTE', min: 8, drop: 3 },
];

/** Every instance in the order in which it is changed; the cursor keeps to the active one until someone moves it. */
export function instanceRows(view: RolloutView, state: UiState, area: Area): Row[] {
  if (area.rows < 2) return [];
  const lines = instanceLines(view.state);
  const cells = lines.map((line) =>
    cellsOf(line, view, { glyphs: area.glyphs, now: state.now, columns: area.columns }),
  );
  const widths = columnWidths(COLUMNS, cells, area.columns - 3);
  const layout = { widths, ellipsis: area.glyphs.ellipsis, lead: '   ' };
  const cursor = instanceCursor(view, state.cursor.instances);
  const rows = Math.max(1, area.rows - 1);
  const start = windowStart(cursor, lines.length, rows);
  const shown = cells.slice(start, start + rows);
  const list = { start, shown: shown.length, length: lines.length, glyphs: area.glyphs };
  const hasCursor = view.active !== undefined || !view.follows;
  const table = shown.map((line, offset) => {
    const index = start + offset;
    const lead = leadOf(index, hasCursor ? cursor : undefined, list);
    return selectedIf(index === cursor && !view.follows, tableRow(line, { ...layout, lead }));
  });
  return [titleRow(COLUMNS, layout), ...table];
}

interface Look {
  readonly glyphs: Glyphs;
  readonly now: number;
  readonly columns: number;
}

function cellsOf(line: InstanceLine, view: RolloutView, look: Look): Span[] {
  const { id, planned, progress } = line;
  const { glyphs } = look;
  const runs = releaseOf(view.state, id);
  const left = progress && isTimed(progress.state) ? deadlineLeft(view, id, look.now) : undefined;
  return [
    span(id),
    planned?.change === 'none' && !progress
      ? span(`${glyphs.skipped} kept`, 'muted')
      : instanceSign(progress?.state ?? 'old', look),
    span(runs === undefined ? glyphs.dash : look.columns < 130 ? shortRelease(runs) : runs, 'muted'),
    probeSpan(line, glyphs),
    span(healthyText(line, glyphs)),
    span(left === undefined ? '' : countdown(left), 'busy'),
    noteSpan(line),
  ];
}

function isTimed(state: string): boolean {
  return (
    state === 'stopped' ||
    state === 'switched' ||
    state === 'starting' ||
    state === 'verifying' ||
    state === 'reverting'
  );
}

function probeSpan({ progress }: InstanceLine, glyphs: Glyphs): Span {
  if (!progress?.sample) return span('');
  const { text, style } = healthSign(progress.sample, glyphs);
  return span(`#${progress.attempt} ${text}`, style);
}

/** x of y seconds, while that is what is waited for. */
function healthyText({ progress }: InstanceLine, glyphs: Glyphs): string {
  if (!progress || progress.neededMs === 0 || !isTimed(progress.state)) return '';
  const { healthyMs, neededMs } = progress;
  const whole = (ms: number) => formatDuration(Math.floor(ms / 1000) * 1000);
  return `${bar(healthyMs / neededMs, 5, glyphs)} ${whole(healthyMs)} of ${writtenDuration(neededMs)}`;
}

function noteSpan({ progress }: InstanceLine): Span {
  if (!progress) return span('');
  if (progress.reason !== '') return span(progress.reason, progress.state === 'failed' ? 'bad' : 'muted');
  if (progress.state === 'updated') return span(progress.proof ?? '', progress.proof === 'unproven' ? 'warn' : 'muted');
  return span('');
}
