import type { FleetRelease } from '../../../rollout/session.ts';
import type { ReleaseStatus } from '../../../host/state.ts';
import { rollbackTarget } from '../../../rollout/fleet.ts';
import { rule } from '../../components/rule.ts';
import { age, turning } from '../../components/signs.ts';
import { filled, tableListRows, TWO_PANES, twoPanes } from '../../components/table-list.ts';
import type { UiState } from '../../state.ts';
import { shortRelease } from '../../text/release.ts';
import { type Area, type Row, type Span, blank, row, span } from '../../text/row.ts';
import { createRuler } from '../../text/ruler.ts';
import type { Column } from '../../text/table.ts';
import type { Glyphs, Style } from '../../theme.ts';
import { releaseDetail } from './detail.ts';
import { releasesOf, selectedRelease } from './select.ts';

const COLUMNS: readonly Column[] = [
  { title: 'RELEASE', min: 7, max: 26, drop: 0 },
  { title: '', min: 7, drop: 0 },
  { title: 'STATUS', min: 12, max: 14, drop: 0 },
  { title: 'UNDO', min: 4, drop: 0 },
  { title: 'LIVE', min: 4, max: 14, drop: 0 },
  { title: 'AGE', min: 6, drop: 2 },
  { title: 'HOSTS', min: 5, drop: 4 },
  { title: 'WHO', min: 5, max: 18, drop: 3 },
  { title: 'SUBJECT', min: 14, drop: 1 },
];

/** Where nothing of a kind stands in the list, its column is left out. */
const rulerOf = createRuler<FleetRelease>((release) => [
  release.id,
  release.notATarget === undefined ? 'default' : '',
  `+ ${release.bad === undefined ? release.status : 'bad'}${release.kept ? ', kept' : ''}`,
  release.irreversible === undefined ? '' : '! no',
  'on 99',
  '999d23h',
  '99/99',
  release.by,
  release.subject,
]);

/** Every release that the hosts hold, newest first, and which of them can be gone back to. */
export function releaseRows(state: UiState, area: Area): Row[] {
  if (releasesOf(state).length === 0) return emptyRows(state, area);
  if (area.columns >= TWO_PANES) {
    const right = (pane: Area) => detailOf(state, pane);
    return twoPanes((pane) => listRows(state, pane), right, area);
  }
  const below = area.rows < 16 ? 5 : Math.floor(area.rows * 0.55);
  return [
    ...listRows(state, { ...area, rows: area.rows - below }),
    rule(area),
    ...filled(detailOf(state, { ...area, rows: below - 1 }), below - 1),
  ];
}

function detailOf(state: UiState, area: Area): Row[] {
  const release = selectedRelease(state);
  return release ? releaseDetail(state, release, area) : [];
}

function listRows(state: UiState, area: Area): Row[] {
  const releases = releasesOf(state);
  const [widest = '', ...others] = rulerOf(releases);
  const ruler = [area.columns < 100 ? shortRelease(widest) : widest, ...others];
  const target = rollbackTarget(releases);
  const lineOf = (release: FleetRelease) => cellsOf(release, { state, target }, area);
  return tableListRows({ columns: COLUMNS, ruler, items: releases, cursor: state.cursor.releases, lineOf }, area);
}

function emptyRows(state: UiState, { glyphs }: Area): Row[] {
  const text = state.fleet.reading
    ? span(` ${turning(glyphs, state.now)} reading the hosts`, 'busy')
    : span(' No host holds a release yet. Esc goes back; d deploys the first.', 'muted');
  return [blank, row(text)];
}

interface Measure {
  readonly state: UiState;
  /** Where a rollback goes when nobody says. */
  readonly target: FleetRelease | undefined;
}

function cellsOf(release: FleetRelease, { state, target }: Measure, { glyphs, columns }: Area): Span[] {
  const { bad, live, on, kept } = release;
  const style = release.notATarget === undefined || live.length > 0 ? 'plain' : 'muted';
  return [
    span(columns < 100 ? shortRelease(release.id) : release.id, style),
    span(release === target ? 'default' : '', 'key'),
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
