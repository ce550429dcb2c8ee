import { measured, rounded } from '../../../analysis/alert-words.ts';
import type { InstanceVitals, Vitals, VitalsPoint } from '../../../analysis/vitals.ts';
import { formatBytes } from '../../../base/bytes.ts';
import type { Alert } from '../../../config/settings-alerts.ts';
import type { Glyphs } from '../../glyphs.ts';
import type { Style } from '../../theme.ts';
import { type Span, span } from '../../text/row.ts';
import { sparkline } from '../../text/sparkline.ts';
import type { Column } from '../../text/table.ts';
import { pad } from '../../text/width.ts';
import type { WatchLine } from './select.ts';

/** The cells of `instanceCells` stand in this order. */
export const WATCH_COLUMNS: readonly Column[] = [
  { title: 'INSTANCE', min: 12, max: 32, drop: 0 },
  { title: 'STATE', min: 9, drop: 0 },
  { title: 'HEALTH', min: 7, drop: 0 },
  { title: 'RESTARTS', min: 8, drop: 5 },
  { title: 'CPU', min: 4, drop: 3 },
  { title: 'MEMORY', min: 7, drop: 2 },
  { title: 'ERRORS', min: 7, drop: 1 },
  { title: 'WORK', min: 6, drop: 4 },
];

/** Numbers are as wide as this where a line stands behind them. */
const NUMBER = 8;

export interface CellLayout {
  readonly glyphs: Glyphs;
  /** Cells of each line of the last minutes; 0: numbers alone. */
  readonly spark: number;
}

export function instanceCells(line: Extract<WatchLine, { type: 'instance' }>, layout: CellLayout): readonly Span[] {
  const { id, vitals } = line;
  if (!vitals) return [span(id), span('not heard yet', 'muted')];
  const { latest } = vitals;
  return [
    span(id, line.alerts.size > 0 ? 'bad' : 'plain'),
    stateCell(line, latest, layout.glyphs),
    cell(line, { alert: 'healthLatency', text: healthText(latest), read: ({ latencyMs }) => latencyMs }, layout),
    marked(line, { alert: 'restarts', text: String(latest.restarts) }, layout.glyphs),
    cell(
      line,
      {
        alert: 'cpu',
        text: known(latest.cpuShare, (share) => measured(share, 'cores')),
        read: ({ cpuShare }) => cpuShare,
        tall: 0.1,
      },
      layout,
    ),
    cell(line, { alert: 'memory', text: known(latest.memory, formatBytes), read: ({ memory }) => memory }, layout),
    cell(
      line,
      {
        alert: 'errors',
        text: known(latest.errorsPerMinute, (rate) => `${rounded(rate)}/min`),
        read: ({ errors }) => errors,
        tall: 5,
      },
      layout,
    ),
    cell(
      line,
      { alert: 'work', text: known(latest.workPerSecond, (rate) => `${rounded(rate)}/s`), read: ({ work }) => work },
      layout,
    ),
  ];
}

type InstanceLine = Extract<WatchLine, { type: 'instance' }>;

interface Told {
  readonly alert: Alert;
  readonly text: string;
}

interface Measured extends Told {
  readonly read: (point: VitalsPoint) => number | undefined;
  /** So much is full height at least: a little must not look like much. */
  readonly tall?: number;
}

function cell(line: InstanceLine, { read, tall = 0, ...told }: Measured, { glyphs, spark }: CellLayout): Span {
  const number = marked(line, told, glyphs);
  if (spark === 0) return number;
  const values = pointsOf(line.vitals).map(read);
  // a column of which nobody tells anything is not worth its lines
  if (told.text === '' && values.every((value) => value === undefined)) return number;
  const most = Math.max(tall, ...values.map((value) => value ?? 0));
  return span(`${pad(number.text, NUMBER)} ${sparkline(values, { cells: spark, glyphs, max: most })}`, number.style);
}

function pointsOf(vitals: InstanceVitals | undefined): readonly VitalsPoint[] {
  return vitals?.points ?? [];
}

/** What is worth an alert has a sign before it: colour alone tells nobody. */
function marked(line: InstanceLine, { alert, text }: Told, glyphs: Glyphs): Span {
  if (line.alerts.has(alert)) return span(`${glyphs.warn} ${text}`, 'bad');
  return span(text, styleOf(line));
}

function styleOf({ news }: InstanceLine): Style {
  return news === 'old' ? 'muted' : 'plain';
}

function stateCell(line: InstanceLine, { status, healthy }: Vitals, glyphs: Glyphs): Span {
  if (line.alerts.has('down')) return span(`${glyphs.bad} down`, 'bad');
  if (line.news === 'old') return span(`${glyphs.unknown} ${status}`, 'muted');
  if (status === 'failed' || healthy === false)
    return span(`${glyphs.bad} ${status === 'running' ? 'unhealthy' : status}`, 'bad');
  if (status === 'running' || healthy === true)
    return span(`${glyphs.ok} ${status === 'none' ? 'healthy' : status}`, 'ok');
  return span(`${glyphs.waiting} ${status}`, 'muted');
}

function healthText({ healthy, latencyMs }: Vitals): string {
  if (healthy !== true) return '';
  return latencyMs === undefined ? 'healthy' : measured(latencyMs, 'ms');
}

function known<T>(value: T | undefined, words: (value: T) => string): string {
  return value === undefined ? '' : words(value);
}
