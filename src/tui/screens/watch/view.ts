import { alertWords } from '../../../analysis/alert-words.ts';
import { type HostVitals, usedShare } from '../../../analysis/lookout.ts';
import { VITALS_POINTS } from '../../../analysis/vitals.ts';
import { formatBytes } from '../../../base/bytes.ts';
import { writtenDuration } from '../../../base/duration.ts';
import { plural } from '../../../base/text.ts';
import { turning } from '../../components/signs.ts';
import { leadOf, windowStart } from '../../layout.ts';
import type { UiState } from '../../state.ts';
import { type Area, blank, type Row, row, selectedIf, type Span, span } from '../../text/row.ts';
import { sparkline } from '../../text/sparkline.ts';
import { columnWidths, tableRow, titleRow } from '../../text/table.ts';
import { instanceCells, WATCH_COLUMNS } from './cells.ts';
import { standingAlerts, type WatchLine, watchLines } from './select.ts';

/** How every host and instance is, over the last minutes, and which alerts stand. */
export function watchRows(state: UiState, area: Area): Row[] {
  const { lookout, session } = state;
  if (!lookout) {
    const hosts = plural(session?.hosts.length ?? 0, 'host');
    return [blank, row(span(` ${turning(area.glyphs, state.now)} listening to ${hosts}`, 'busy'))];
  }
  const top = [headRow(state, area), ...alertRows(state, area), blank];
  return [...top, ...listRows(state, { ...area, rows: area.rows - top.length })];
}

function headRow(state: UiState, { glyphs }: Area): Row {
  const { settings, hosts } = state.lookout!;
  const alerts = standingAlerts(state).length;
  const dot = ` ${glyphs.separator} `;
  const told: Span = alerts === 0 ? span('no alert', 'ok') : span(`${glyphs.warn} ${plural(alerts, 'alert')}`, 'bad');
  const every = writtenDuration(settings.everyMs);
  const window = writtenDuration(settings.everyMs * VITALS_POINTS);
  return row(
    ` ${plural(settings.instances.length, 'instance')} on ${plural(hosts.size, 'host')}${dot}`,
    told,
    span(`${dot}every ${every}, the last ${window}`, 'muted'),
  );
}

/** The newest last; of many the newest. */
function alertRows(state: UiState, { glyphs, rows }: Area): Row[] {
  const alerts = standingAlerts(state);
  const most = Math.max(1, Math.floor(rows / 4));
  const shown = alerts.slice(-most);
  const hidden = alerts.length - shown.length;
  return [
    ...(hidden > 0 ? [row(span(`   ${plural(hidden, 'older alert')}`, 'bad'))] : []),
    ...shown.map((alert) => row(span(` ${glyphs.warn} ${alertWords(alert)}`, 'bad'))),
  ];
}

const LEAD = 4;
/** Cells of what has no line: name, state, restarts, and the gaps between all. */
const PLAIN = 50;
const LINED_COLUMNS = 5;
const NUMBER = 9;
const MOST_SPARK = 24;
const LEAST_SPARK = 4;

/** What is left for each of the lines, once everything has its number. */
function sparkCells(columns: number): number {
  const cells = Math.floor((columns - LEAD - PLAIN) / LINED_COLUMNS) - NUMBER;
  return cells < LEAST_SPARK ? 0 : Math.min(MOST_SPARK, cells);
}

function listRows(state: UiState, area: Area): Row[] {
  const lines = watchLines(state);
  const { glyphs } = area;
  const room = Math.max(1, area.rows - 1);
  const cursor = Math.min(state.cursor.watch, lines.length - 1);
  const start = windowStart(cursor, lines.length, room);
  const shown = lines.slice(start, start + room);
  const spark = sparkCells(area.columns);
  const cells = shown.map((line) => (line.type === 'instance' ? instanceCells(line, { glyphs, spark }) : []));
  const widths = columnWidths(WATCH_COLUMNS, cells, area.columns - LEAD);
  const layout = { widths, ellipsis: glyphs.ellipsis, lead: '    ' };
  const list = { start, shown: shown.length, length: lines.length, glyphs };
  const rows = shown.map((line, offset) => {
    const index = start + offset;
    const lead = leadOf(index, cursor, list);
    const content =
      line.type === 'host' ? hostRow(line, lead, area) : tableRow(cells[offset]!, { ...layout, lead: `${lead} ` });
    return selectedIf(index === cursor, content);
  });
  return [titleRow(WATCH_COLUMNS, layout), ...rows];
}

const DISK_CELLS = 12;

function hostRow({ host, vitals, alerts }: Extract<WatchLine, { type: 'host' }>, lead: string, area: Area): Row {
  const name = span(host, 'strong');
  if (vitals.trouble !== undefined)
    return row(lead, name, span(`  ${area.glyphs.bad} tells nothing: ${vitals.trouble}`, 'bad'));
  if (alerts.has('unreachable')) return row(lead, name, span(`  ${area.glyphs.bad} tells nothing`, 'bad'));
  const style = alerts.has('disk') ? 'bad' : 'muted';
  const sign = alerts.has('disk') ? `${area.glyphs.warn} ` : '';
  const spark = sparkCells(area.columns) === 0 ? '' : ` ${diskLine(vitals, area)}`;
  return row(lead, name, span(`  ${sign}${diskText(vitals)}${spark}`, style));
}

function diskText({ disk, heardAt }: HostVitals): string {
  const share = usedShare(disk);
  if (!disk || share === undefined) return heardAt === undefined ? 'not heard yet' : '';
  return `disk ${Math.round(share * 100)}% used, ${formatBytes(disk.freeBytes)} free`;
}

/** Of all of it: what grows is seen to, but not made larger than it is. */
function diskLine({ points }: HostVitals, { glyphs }: Area): string {
  return sparkline(points, { cells: DISK_CELLS, glyphs, max: 1 }).trimStart();
}
