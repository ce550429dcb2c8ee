import { plural } from '../../../base/text.ts';
import { problemRows } from '../../components/problem.ts';
import { age, turning } from '../../components/signs.ts';
import type { UiState } from '../../state.ts';
import { paragraph } from '../../text/paragraph.ts';
import { shortRelease } from '../../text/release.ts';
import { type Area, type Row, type Span, blank, row, span } from '../../text/row.ts';
import { complaintRows, complaintsFrom } from './complaints.ts';
import { detailRows } from './detail.ts';
import { fleetLines } from './narrow.ts';
import { allLines, type FleetLine, lockOf, summarise } from './select.ts';
import { listRows } from './table.ts';
import { tabRows } from './tabs.ts';

/** Every host and instance of the stage: what it should run, what it runs, how it is. */
export function fleetRows(state: UiState, area: Area): Row[] {
  const opening = stageTrouble(state, area);
  if (opening) return opening;
  const all = allLines(state);
  const lines = fleetLines(state);
  const top = [
    ...tabRows(state, area),
    ...summaryRows(all, area),
    ...narrowedRows(state, { all, lines }, area),
    ...lockRows(state, area),
    ...driftRows(state, area),
    ...rereadTrouble(state, area),
  ];
  const at = lines[state.cursor.fleet];
  const detail = detailRows(at, state, area);
  const below = complaintRows(complaintsFrom(all, at), { ...area, rows: Math.floor(area.rows / 4) });
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

/** That this is not all of them: nobody may take a part for the whole. */
function narrowedRows(
  { fleet: { filter, solo, shape } }: UiState,
  of: { readonly all: readonly FleetLine[]; readonly lines: readonly FleetLine[] },
  { glyphs }: Area,
): Row[] {
  const words = [
    solo === undefined ? [] : [`${solo} alone (o: all)`],
    filter === '' ? [] : [`only "${filter}" (/ changes it)`],
    shape === 'tree' ? [] : ['what is wrong first (v: by host)'],
  ].flat();
  if (words.length === 0) return [];
  const count = (lines: readonly FleetLine[]) => lines.filter(({ type }) => type !== 'host').length;
  const share = `${count(of.lines)} of ${count(of.all)}`;
  return [
    row(span(` ${share}`, 'strong'), span(` ${glyphs.separator} ${words.join(` ${glyphs.separator} `)}`, 'muted')),
  ];
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
  // what is not well first: a narrow screen cuts the end
  if (unreachable > 0) parts.push(dot, span(`${glyphs.bad} ${plural(unreachable, 'host')} unreachable`, 'bad'));
  if (unhealthy > 0) parts.push(dot, span(`${glyphs.bad} ${unhealthy} unhealthy`, 'bad'));
  if (healthy > 0) parts.push(dot, span(`${glyphs.ok} ${healthy} healthy`, 'ok'));
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
