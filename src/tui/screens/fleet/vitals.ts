import type { InstanceVitals } from '../../../analysis/vitals.ts';
import { formatBytes } from '../../../base/bytes.ts';
import type { InstanceState, ProbeSample } from '../../../host/state.ts';
import type { Glyphs } from '../../glyphs.ts';
import { type Span, span } from '../../text/row.ts';
import { pad } from '../../text/width.ts';
import { sparkline } from '../../text/sparkline.ts';

/** Cells of the line that shows errors over the last minutes. */
const SPARK_CELLS = 12;
/** So many errors in five seconds are the full height at least: one alone must not look like a fire. */
const TALL = 5;

/** Processor time, memory and errors, in the order of the columns; blank until something is heard. */
export function vitalsCells(vitals: InstanceVitals | undefined, glyphs: Glyphs): readonly Span[] {
  if (!vitals) return [span(''), span(''), span('')];
  const { cpuShare, memory } = vitals.latest;
  const cpu = cpuShare === undefined ? '' : `${Math.round(cpuShare * 100)}%`;
  return [
    span(cpu, 'muted'),
    span(memory === undefined ? '' : formatBytes(memory), 'muted'),
    errorsCell(vitals, glyphs),
  ];
}

function errorsCell({ latest, points }: InstanceVitals, glyphs: Glyphs): Span {
  const { errorsPerMinute } = latest;
  if (errorsPerMinute === undefined) return span('');
  const errors = points.map((point) => point.errors);
  const most = Math.max(TALL, ...errors.map((count) => count ?? 0));
  const line = sparkline(errors.slice(-SPARK_CELLS * 5), { cells: SPARK_CELLS, glyphs, max: most });
  const rate = Math.round(errorsPerMinute);
  // the number first: where room is short, the line is what gives way
  return span(`${pad(`${rate}/min`, 7)} ${line}`, rate === 0 ? 'muted' : 'bad');
}

/** What was heard last; the reading of the hosts until then. */
export function healthNow(
  found: InstanceState | undefined,
  vitals: InstanceVitals | undefined,
): ProbeSample | undefined {
  const read = found?.health;
  const heard = vitals?.latest;
  if (!read || heard?.healthy === undefined || heard.healthy !== read.healthy) return read;
  return { ...read, latencyMs: heard.latencyMs ?? read.latencyMs };
}
