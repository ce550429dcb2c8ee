import { formatBytes } from '../../../base/bytes.ts';
import type { HostProgress } from '../../../rollout/progress-host.ts';
import { countdown, syncLeft, syncRate } from './waits.ts';
import type { RolloutView } from '../../state.ts';
import { type Column, columnWidths, tableRow, titleRow } from '../../text/table.ts';
import { type Area, type Row, type Span, row, span } from '../../text/row.ts';
import type { Glyphs } from '../../theme.ts';
import { bar } from '../../components/signs.ts';

const COLUMNS: readonly Column[] = [
  { title: 'HOST', min: 8, max: 24, drop: 0 },
  { title: 'STATE', min: 16, max: 40, drop: 0 },
  { title: 'SENT', min: 18, drop: 1 },
  { title: '', min: 10, drop: 3 },
  { title: 'RATE', min: 9, drop: 2 },
  { title: 'LEFT', min: 4, drop: 1 },
];

/** The hosts while releases are sent to them; later only those that are in trouble. */
export function hostRows(view: RolloutView, area: Area): Row[] {
  const { phase, hosts } = view.state;
  const order = view.state.plan?.hosts.map((one) => one.host) ?? Object.keys(hosts);
  const shown = order.filter((host) => phase === 'Pending' || phase === 'Staging' || hosts[host]?.lost !== undefined);
  if (shown.length === 0) return [];
  const isCut = shown.length + 1 > area.rows;
  // those that are still to come are what is waited for
  const told = isCut
    ? [...shown].sort((a, b) => readiness(hosts[a]) - readiness(hosts[b])).slice(0, area.rows - 2)
    : shown;
  const cells = told.map((host) => cellsOf(host, hosts[host], area.glyphs));
  const widths = columnWidths(COLUMNS, cells, area.columns - 3);
  const layout = { widths, ellipsis: area.glyphs.ellipsis, lead: '   ' };
  const ready = shown.filter((host) => hosts[host]?.ready).length;
  const more = `   and ${shown.length - told.length} more; ${ready} of ${shown.length} are ready`;
  const rows = cells.map((line) => tableRow(line, layout));
  return [titleRow(COLUMNS, layout), ...rows, ...(isCut ? [row(span(more, 'muted'))] : [])];
}

/** What is in trouble first, what is ready last. */
function readiness(progress: HostProgress | undefined): number {
  if (progress?.lost !== undefined) return 0;
  return progress?.ready ? 2 : 1;
}

function cellsOf(host: string, progress: HostProgress | undefined, glyphs: Glyphs): Span[] {
  const state = stateOf(progress, glyphs);
  if (!progress || progress.total === 0) return [span(host), state];
  const { sent, total } = progress;
  const rate = syncRate(progress);
  const left = syncLeft(progress);
  return [
    span(host),
    state,
    span(`${formatBytes(sent)} of ${formatBytes(total)}`),
    span(bar(sent / total, 10, glyphs), 'muted'),
    span(rate === undefined || progress.ready ? '' : `${formatBytes(rate)}/s`),
    span(left === undefined ? '' : countdown(left)),
  ];
}

function stateOf(progress: HostProgress | undefined, glyphs: Glyphs): Span {
  if (!progress) return span(`${glyphs.waiting} waiting`, 'muted');
  if (progress.lost !== undefined) return span(`${glyphs.bad} lost: ${progress.lost}`, 'bad');
  if (progress.ready) return span(`${glyphs.ok} ready${progress.reused ? ', was there' : ''}`, 'ok');
  if (progress.preparing !== undefined) return span(`${glyphs.waiting} prepare: ${progress.preparing}`, 'busy');
  if (progress.total > 0)
    return span(`${glyphs.waiting} ${progress.sent < progress.total ? 'sending' : 'publishing'}`, 'busy');
  if (progress.locked) return span(`${glyphs.waiting} locked for us`, 'busy');
  return span(`${glyphs.waiting} ${progress.connected ? 'connected' : 'connecting'}`, 'muted');
}
