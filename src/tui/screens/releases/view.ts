import type { FleetRelease } from '../../../rollout/session.ts';
import type { ReleaseStatus } from '../../../host/state.ts';
import { liveRelease } from '../../../rollout/fleet.ts';
import { irreversibleBetween } from '../../../rollout/irreversible.ts';
import { list, plural } from '../../../base/text.ts';
import { leadOf, windowStart } from '../../layout.ts';
import { releasesOf, selectedRelease } from './select.ts';
import { shortRelease } from '../../text/release.ts';
import type { UiState } from '../../state.ts';
import { type Column, columnWidths, tableRow, titleRow } from '../../text/table.ts';
import { type Area, type Row, type Span, blank, row, selectedIf, span } from '../../text/row.ts';
import { wrap } from '../../text/width.ts';
import type { Glyphs, Style } from '../../theme.ts';
import { age, turning } from '../../components/signs.ts';

const COLUMNS: readonly Column[] = [
  { title: 'RELEASE', min: 7, max: 26, drop: 0 },
  { title: 'STATUS', min: 12, max: 14, drop: 0 },
  { title: 'UNDO', min: 4, drop: 0 },
  { title: 'LIVE', min: 4, max: 14, drop: 0 },
  { title: 'AGE', min: 6, drop: 2 },
  { title: 'HOSTS', min: 5, drop: 4 },
  { title: 'WHO', min: 5, max: 18, drop: 3 },
  { title: 'SUBJECT', min: 14, drop: 1 },
];

/** Every release that the hosts hold, newest first, and which of them can be gone back to. */
export function releaseRows(state: UiState, area: Area): Row[] {
  const releases = releasesOf(state);
  if (releases.length === 0) return emptyRows(state, area);
  const cells = releases.map((release) => cellsOf(release, state, area));
  const widths = columnWidths(COLUMNS, cells, area.columns - 4);
  const layout = { widths, ellipsis: area.glyphs.ellipsis, lead: '   ' };
  const detail = detailRows(selectedRelease(state), releases, area);
  const rows = area.rows - 1 - detail.length;
  const cursor = Math.min(state.cursor.releases, releases.length - 1);
  const start = windowStart(cursor, releases.length, rows);
  const list = { start, shown: Math.min(rows, releases.length - start), length: releases.length, glyphs: area.glyphs };
  const shown = cells.slice(start, start + rows).map((line, offset) => {
    const index = start + offset;
    return selectedIf(index === cursor, tableRow(line, { ...layout, lead: leadOf(index, cursor, list) }));
  });
  const gap = Array.from({ length: Math.max(0, rows - shown.length) }, () => blank);
  return [titleRow(COLUMNS, layout), ...shown, ...gap, ...detail];
}

function emptyRows(state: UiState, { glyphs }: Area): Row[] {
  const text = state.fleet.reading
    ? span(` ${turning(glyphs, state.now)} reading the hosts`, 'busy')
    : span(' No host holds a release yet. Esc goes back; d deploys the first.', 'muted');
  return [blank, row(text)];
}

function cellsOf(release: FleetRelease, state: UiState, { glyphs, columns }: Area): Span[] {
  const { bad, live, on, kept } = release;
  const style = release.notATarget === undefined || live.length > 0 ? 'plain' : 'muted';
  return [
    span(columns < 100 ? shortRelease(release.id) : release.id, style),
    bad === undefined ? statusSign(release.status, kept, glyphs) : span(`${glyphs.bad} bad`, 'bad'),
    release.irreversible === undefined ? span('') : span(`${glyphs.warn} no`, 'warn'),
    span(live.length === 0 ? glyphs.dash : `on ${live.length}`, live.length === 0 ? 'muted' : 'ok'),
    span(age(state.now - release.at), 'muted'),
    span(`${on.length}/${state.session?.hosts.length ?? on.length}`, 'muted'),
    span(release.by, 'muted'),
    span(release.subject, style),
  ];
}

const STATUS: Readonly<Record<ReleaseStatus, { glyph: 'ok' | 'bad' | 'waiting' | 'unknown'; style: Style }>> = {
  good: { glyph: 'ok', style: 'ok' },
  ready: { glyph: 'waiting', style: 'plain' },
  preparing: { glyph: 'unknown', style: 'warn' },
  left: { glyph: 'waiting', style: 'plain' },
  failed: { glyph: 'bad', style: 'bad' },
};

function statusSign(status: ReleaseStatus, isKept: boolean, glyphs: Glyphs): Span {
  const { glyph, style } = STATUS[status];
  return span(`${glyphs[glyph]} ${status}${isKept ? ', kept' : ''}`, style);
}

/** All about the chosen release: where it runs, and why it cannot be gone back to. */
function detailRows(release: FleetRelease | undefined, releases: readonly FleetRelease[], area: Area): Row[] {
  if (!release) return [];
  const { live, on, bad, irreversible } = release;
  const held = `held by ${plural(on.length, 'host')}, made by ${release.by}`;
  const where = live.length === 0 ? `runs nowhere, ${held}` : `runs on ${live.join(', ')}; ${held}`;
  return [
    blank,
    row(span(` ${release.id}  `, 'strong'), span(release.subject)),
    ...wrap(where, area.columns - 2)
      .slice(0, 2)
      .map((text) => row(span(` ${text}`, 'muted'))),
    ...(bad === undefined ? [] : [row(span(` ${area.glyphs.bad} marked bad: ${bad}`, 'bad'))]),
    ...(irreversible === undefined
      ? []
      : [row(span(` ${area.glyphs.warn} cannot be undone: ${irreversible}`, 'warn'))]),
    row(wayBackSpan(release, irreversibleBetween(releases, liveRelease(releases), release), area)),
  ];
}

function wayBackSpan({ notATarget }: FleetRelease, over: readonly FleetRelease[], { glyphs }: Area): Span {
  if (notATarget !== undefined) return span(` ${glyphs.dash} no rollback to it: ${notATarget}`, 'warn');
  if (over.length === 0) return span(' Enter plans a rollback to it', 'ok');
  const ids = list(over.map(({ id }) => shortRelease(id)));
  return span(` ${glyphs.dash} a rollback to it needs --force-irreversible: ${ids} cannot be undone`, 'warn');
}
