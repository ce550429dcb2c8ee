import { formatBytes } from '../../../base/bytes.ts';
import { plural } from '../../../base/text.ts';
import { type Drift, driftWords } from '../../../rollout/drift.ts';
import type { HostState } from '../../../host/state.ts';
import { leadOf, windowStart } from '../../layout.ts';
import { type Complaint, type FleetLine, complaints, driftOf, fleetLines, lockOf, summarise } from './select.ts';
import type { UiState } from '../../state.ts';
import { shortRelease } from '../../text/release.ts';
import { type Column, type TableLayout, columnWidths, tableRow, titleRow } from '../../text/table.ts';
import { type Area, type Row, type Span, blank, row, selectedIf, span } from '../../text/row.ts';
import { paragraph } from '../../text/paragraph.ts';
import { problemRows } from '../../components/problem.ts';
import { age, healthSign, serviceSign, turning } from '../../components/signs.ts';

/** Every host and instance of the stage: what it should run, what it runs, how it is. */
export function fleetRows(state: UiState, area: Area): Row[] {
  const opening = stageTrouble(state, area);
  if (opening) return opening;
  const lines = fleetLines(state);
  const top = [
    ...summaryRows(lines, area),
    ...lockRows(state, area),
    ...driftRows(state, area),
    ...rereadTrouble(state, area),
  ];
  const at = lines[state.cursor.fleet];
  const detail = detailRows(at, state, area);
  const below = complaintRows(complaintsFrom(lines, at), { ...area, rows: Math.floor(area.rows / 4) });
  const room = { ...area, rows: area.rows - top.length - below.length - detail.length - 1 };
  return [...top, blank, ...listRows(lines, state, room), ...below, ...detail];
}

function stageTrouble(state: UiState, area: Area): Row[] | undefined {
  if (state.problem) return [blank, ...problemRows(state.problem, { ...area, rows: area.rows - 1 })];
  const { fleet, problem } = state.fleet;
  if (!state.session)
    return [blank, row(span(` ${turning(area.glyphs, state.now)} opening ${state.stage ?? ''}`, 'busy'))];
  if (!fleet && problem) return [blank, ...problemRows(problem, { ...area, rows: area.rows - 1 })];
  if (!fleet)
    return [
      blank,
      row(span(` ${turning(area.glyphs, state.now)} reading ${plural(state.session.hosts.length, 'host')}`, 'busy')),
    ];
  return undefined;
}

/** The hosts were read once, but not this time. */
function rereadTrouble({ fleet }: UiState, area: Area): Row[] {
  if (!fleet.problem) return [];
  return [row(span(` ${area.glyphs.bad} could not read the hosts again: ${fleet.problem.message}`, 'bad'))];
}

function summaryRows(lines: readonly FleetLine[], { glyphs }: Area): Row[] {
  const { hosts, unreachable, instances, healthy, unhealthy, live } = summarise(lines);
  const dot = span(` ${glyphs.separator} `, 'muted');
  const parts: Span[] = [span(` ${plural(hosts, 'host')}`), dot, span(plural(instances, 'instance'))];
  if (healthy > 0) parts.push(dot, span(`${glyphs.ok} ${healthy} healthy`, 'ok'));
  if (unhealthy > 0) parts.push(dot, span(`${glyphs.bad} ${unhealthy} unhealthy`, 'bad'));
  if (unreachable > 0) parts.push(dot, span(`${glyphs.bad} ${plural(unreachable, 'host')} unreachable`, 'bad'));
  if (live.size === 0) parts.push(dot, span('nothing deployed yet, d deploys', 'muted'));
  if (live.size < 2) return [row(...parts)];
  const shares = [...live].map(([release, count]) => `${shortRelease(release)} on ${count}`);
  return [row(...parts), row(span(` ${glyphs.warn} ${live.size} releases are live: ${shares.join(', ')}`, 'warn'))];
}

function lockRows(state: UiState, area: Area): Row[] {
  const lock = lockOf(state);
  if (!lock) return [];
  const { owner } = lock;
  if (!owner) return [row(span(` ${area.glyphs.warn} Locked, but nobody's name is in the lock`, 'warn'))];
  const since = age(state.now - owner.since);
  const beat = age(lock.ageMs + state.now - (state.fleet.readAt ?? state.now));
  const held = owner.state === 'paused' ? 'A paused rollout of' : 'Locked by';
  const last = owner.state === 'paused' ? '' : `, last beat ${beat === 'now' ? 'now' : `${beat} ago`}`;
  const text = `${held} ${owner.who} since ${since}: ${owner.why}${last}`;
  const rows = paragraph(text, area, { lead: span(` ${area.glyphs.warn} `, 'warn'), style: 'warn', most: 2 });
  return [...rows, ...standingRows(state)];
}

function standingRows({ standing }: UiState): Row[] {
  if (!standing) return [];
  const words: readonly [string, string] =
    standing.controller === 'gone'
      ? [' Nobody runs that rollout any more: ', ' decides']
      : [' Somebody runs that rollout elsewhere: ', ' talks to it'];
  const [text, does] = words;
  return [row(span(text, 'warn'), span('w', 'key'), span(does))];
}

/** What to do about what has drifted; which it is stands beside each instance. */
function driftRows({ fleet: { fleet } }: UiState, { glyphs }: Area): Row[] {
  const count = fleet?.drift.length ?? 0;
  if (count === 0) return [];
  const text = ` ${glyphs.warn} ${plural(count, 'instance')} drifted: `;
  return [row(span(text, 'warn'), span('c', 'key'), span(' reconciles'))];
}

const COLUMNS: readonly Column[] = [
  { title: 'INSTANCE', min: 20, max: 32, drop: 0 },
  { title: 'RELEASE', min: 7, max: 26, drop: 2 },
  { title: 'STATE', min: 19, max: 24, drop: 0 },
  { title: 'DRIFT', min: 9, drop: 0 },
  { title: 'HEALTH', min: 20, max: 30, drop: 1 },
  { title: 'UP', min: 5, drop: 3 },
  { title: 'RESTARTS', min: 8, drop: 4 },
];

function listRows(lines: readonly FleetLine[], state: UiState, area: Area): Row[] {
  const cells = lines.map((line) => cellsOf(line, state, area));
  const widths = columnWidths(COLUMNS, cells, area.columns - 4);
  const layout: TableLayout = { widths, ellipsis: area.glyphs.ellipsis, lead: '    ' };
  const cursor = Math.min(state.cursor.fleet, lines.length - 1);
  const start = windowStart(cursor, lines.length, area.rows - 1);
  const shown = lines.slice(start, start + area.rows - 1);
  const list = { start, shown: shown.length, length: lines.length, glyphs: area.glyphs };
  const rows = shown.map((line, offset) => {
    const index = start + offset;
    const lead = leadOf(index, cursor, list);
    if (line.type === 'host') return selectedIf(index === cursor, hostRow(line, lead, area));
    return selectedIf(index === cursor, tableRow(cells[index]!, { ...layout, lead: `${lead} ` }));
  });
  return [titleRow(COLUMNS, layout), ...rows];
}

function cellsOf(line: FleetLine, state: UiState, area: Area): Span[] {
  if (line.type === 'instance') return instanceCells(line, state, area);
  if (line.type === 'host') return [];
  const { name, current } = line.leftover;
  return [
    span(name, 'muted'),
    releaseSpan(current, area),
    span(`${area.glyphs.warn} not in hosts.json`, 'warn'),
    driftSpan(driftOf(state, line), area),
    span(area.glyphs.dash, 'muted'),
  ];
}

function instanceCells(line: Extract<FleetLine, { type: 'instance' }>, state: UiState, area: Area): Span[] {
  const { found, on, id } = line;
  const [name = ''] = id.split('@');
  const started = found?.service.startedAt;
  const up = started === undefined ? undefined : on.now - started + state.now - (state.fleet.readAt ?? state.now);
  const restarts = found?.service.restarts ?? 0;
  return [
    found?.traffic === 'idle' ? span(`${name} idle`, 'muted') : span(name),
    releaseSpan(found?.current, area),
    serviceSign(found, { glyphs: area.glyphs, now: state.now }),
    driftSpan(driftOf(state, line), area),
    healthSign(found?.health, area.glyphs),
    span(up === undefined ? '' : age(up), 'muted'),
    span(restarts === 0 ? '' : String(restarts), 'warn'),
  ];
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

/** Those of the host under the cursor come first: there may not be room for all. */
function complaintsFrom(lines: readonly FleetLine[], at: FleetLine | undefined): readonly Complaint[] {
  const here = at?.type === 'host' ? at.host : at?.on.host;
  const all = complaints(lines);
  return [...all.filter((one) => one.host === here), ...all.filter((one) => one.host !== here)];
}

/** What is missing on the hosts, each with its mend. */
function complaintRows(all: readonly Complaint[], area: Area): Row[] {
  const found = all.flatMap(({ host, severity, what, mend }): Row[] => {
    const [glyph, style] =
      severity === 'missing' ? ([area.glyphs.bad, 'bad'] as const) : ([area.glyphs.warn, 'warn'] as const);
    const head = paragraph(`${host}: ${what}`, area, { lead: span(` ${glyph} `, style) });
    if (mend === undefined) return head;
    return [...head, ...paragraph(mend, area, { lead: span(`   ${area.glyphs.arrow} `), style: 'muted' })];
  });
  if (found.length === 0) return [];
  if (found.length < area.rows) return [blank, ...found];
  const hidden = found.length - area.rows + 2;
  return [blank, ...found.slice(0, area.rows - 2), row(span(`   ${plural(hidden, 'more line')}`, 'muted'))];
}

/** More about the line under the cursor, where there is room. */
function detailRows(line: FleetLine | undefined, state: UiState, area: Area): Row[] {
  const drift = driftOf(state, line);
  const told = drift === undefined ? [] : paragraph(driftWords(drift), area, { style: 'warn', most: 2 });
  if (area.rows < 18) return told;
  // its room is kept, so that the list does not jump under the cursor
  if (line?.type !== 'instance' || !line.found) return told.length > 0 ? told : [blank];
  const { current, previous, service, busy } = line.found;
  const subject = state.fleet.fleet?.releases.find((one) => one.id === current)?.subject;
  const facts = [
    subject === undefined || subject === '' ? undefined : `"${subject}"`,
    `before: ${previous ?? 'nothing'}`,
    service.pid === undefined ? undefined : `pid ${service.pid}`,
    service.restarts ? plural(service.restarts, 'restart') : undefined,
    service.detail === '' ? undefined : service.detail,
    busy === undefined ? undefined : `rollout ${busy} is at work on it`,
  ];
  const text = facts.filter((fact) => fact !== undefined).join(` ${area.glyphs.separator} `);
  return [...told, row(span(` ${line.id}  `, 'strong'), span(text, 'muted'))];
}
