import { formatBytes } from '../../../base/bytes.ts';
import type { HostState } from '../../../host/state.ts';
import { instanceOf } from '../../../logs/names.ts';
import type { Drift } from '../../../rollout/drift.ts';
import { age, healthSign, serviceSign } from '../../components/signs.ts';
import { leadOf, windowStart } from '../../layout.ts';
import type { UiState } from '../../state.ts';
import { shortRelease } from '../../text/release.ts';
import { columnWidths, tableRow, titleRow, type TableLayout } from '../../text/table.ts';
import { type Area, type Row, type Span, row, selectedIf, span } from '../../text/row.ts';
import { FLEET_COLUMNS, shownColumns } from './columns.ts';
import { driftOf, type FleetLine } from './select.ts';
import { healthNow, vitalsCells } from './vitals.ts';

/** So many lines are measured for the widths of columns, beside those that are shown: they must not jump while one scrolls. */
const MEASURED = 60;

/** The lines around the cursor: no others are made. */
export function listRows(lines: readonly FleetLine[], state: UiState, area: Area): Row[] {
  const cursor = Math.min(state.cursor.fleet, lines.length - 1);
  const start = windowStart(cursor, lines.length, area.rows - 1);
  const shown = lines.slice(start, start + area.rows - 1);
  const cells = shown.map((line) => cellsOf(line, state, area));
  const columns = FLEET_COLUMNS;
  const hidden = hiddenFrom(state);
  const measured = [...cells, ...lines.slice(0, MEASURED).map((line) => cellsOf(line, state, area))];
  const widths = columnWidths(columns, measured.map(hidden), area.columns - 4);
  const layout: TableLayout = { widths, ellipsis: area.glyphs.ellipsis, lead: '    ' };
  const list = { start, shown: shown.length, length: lines.length, glyphs: area.glyphs };
  const rows = shown.map((line, offset) => {
    const index = start + offset;
    const lead = leadOf(index, cursor, list);
    if (line.type === 'host') return selectedIf(index === cursor, hostRow(line, lead, area));
    return selectedIf(index === cursor, tableRow(cells[offset]!, { ...layout, lead: `${lead} ` }));
  });
  return [titleRow(columns, layout), ...rows];
}

/** A column that nobody wants is one in which nothing stands. */
function hiddenFrom(state: UiState): (cells: readonly Span[]) => readonly Span[] {
  const shown = shownColumns(state);
  return (cells) => cells.map((cell, index) => (shown.has(FLEET_COLUMNS[index]!.title) ? cell : span('')));
}

function cellsOf(line: FleetLine, state: UiState, area: Area): Span[] {
  if (line.type === 'instance') return instanceCells(line, state, area);
  if (line.type === 'host') return [];
  const { current } = line.leftover;
  return [
    span(nameOf(line, state), 'muted'),
    releaseSpan(current, area),
    span(`${area.glyphs.warn} not in hosts.json`, 'warn'),
    driftSpan(driftOf(state, line), area),
    span(area.glyphs.dash, 'muted'),
  ];
}

function instanceCells(line: Extract<FleetLine, { type: 'instance' }>, state: UiState, area: Area): Span[] {
  const { found, on } = line;
  const name = nameOf(line, state);
  const vitals = state.vitals.instances.get(line.id);
  const started = found?.service.startedAt;
  const up = started === undefined ? undefined : on.now - started + state.now - (state.fleet.readAt ?? state.now);
  const restarts = found?.service.restarts ?? 0;
  return [
    found?.traffic === 'idle' ? span(`${name} idle`, 'muted') : span(name),
    releaseSpan(found?.current, area),
    serviceSign(found, { glyphs: area.glyphs, now: state.now }),
    driftSpan(driftOf(state, line), area),
    healthSign(healthNow(found, vitals), area.glyphs),
    ...vitalsCells(vitals, area.glyphs),
    span(up === undefined ? '' : age(up), 'muted'),
    span(restarts === 0 ? '' : String(restarts), 'warn'),
  ];
}

/** Below its host an instance needs no more than its own name. */
function nameOf({ id }: { readonly id: string }, { fleet }: UiState): string {
  return fleet.shape === 'tree' ? instanceOf(id) : id;
}

function driftSpan(drift: Drift | undefined, { glyphs }: Area): Span {
  return drift === undefined ? span('') : span(`${glyphs.warn} ${drift.type}`, 'warn');
}

/** The end of an id tells releases apart, the whole of it tells when. */
function releaseSpan(id: string | undefined, { glyphs, columns }: Area): Span {
  if (id === undefined) return span(glyphs.dash, 'muted');
  return span(columns < 100 ? shortRelease(id) : id);
}

function hostRow({ host, reading }: Extract<FleetLine, { type: 'host' }>, lead: string, { glyphs }: Area): Row {
  const name = [span(lead), span(host, 'strong')];
  if (!reading) return row(...name, span('   not read yet', 'muted'));
  if (reading.type === 'unreachable')
    return row(...name, span(`   ${glyphs.bad} unreachable: ${reading.reason}`, 'bad'));
  return row(...name, span(`   ${hostFacts(reading.state, glyphs.separator)}`, 'muted'));
}

function hostFacts(host: HostState, dot: string): string {
  const facts = [
    host.system,
    `as ${host.user}`,
    host.disk.freeBytes === undefined ? 'free space unknown' : `${formatBytes(host.disk.freeBytes)} free`,
  ];
  if (!host.initialised) facts.push('nothing deployed here yet');
  return facts.join(` ${dot} `);
}
