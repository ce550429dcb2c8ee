import type { DeployRef } from '../../../git/refs.ts';
import { field } from '../../components/field.ts';
import { problemRows } from '../../components/problem.ts';
import { rule } from '../../components/rule.ts';
import { age, turning } from '../../components/signs.ts';
import { filled, tableListRows, TWO_PANES, twoPanes } from '../../components/table-list.ts';
import type { UiState } from '../../state.ts';
import { type Area, type Row, row, type Span, span, spread } from '../../text/row.ts';
import { createRuler } from '../../text/ruler.ts';
import type { Column } from '../../text/table.ts';
import { pickRows } from './detail.ts';
import { liveRevision, type Pick, picksOf, refsOf, shortId } from './select.ts';

const COLUMNS: readonly Column[] = [
  { title: 'KIND', min: 6, drop: 0 },
  { title: 'NAME', min: 12, max: 28, drop: 0 },
  { title: '', min: 4, drop: 0 },
  { title: 'COMMIT', min: 7, drop: 2 },
  { title: 'AGE', min: 6, drop: 3 },
  { title: 'AUTHOR', min: 8, max: 16, drop: 4 },
  { title: 'SUBJECT', min: 14, drop: 1 },
];

const rulerOf = createRuler<DeployRef>(({ kind, name, revision, author, subject }) => [
  kind,
  name,
  'live',
  shortId(revision),
  '999d23h',
  author,
  subject,
]);

/** What to deploy: typed, or picked from all that git knows; beside it, what that would change. */
export function deployRows(state: UiState, area: Area): Row[] {
  const top = [inputRow(state, area), ...troubleRows(state, area)];
  const room = { ...area, rows: area.rows - top.length };
  if (area.columns >= TWO_PANES) {
    const right = (pane: Area) => pickRows(state, pane);
    return [...top, ...twoPanes((pane) => listRows(state, pane), right, room)];
  }
  const below = area.columns < 80 || area.rows < 16 ? 2 : Math.floor(area.rows / 3);
  const list = listRows(state, { ...room, rows: room.rows - below });
  const detail = pickRows(state, { ...area, rows: below - 1 });
  return [...top, ...list, rule(area), ...filled(detail, below - 1)];
}

function inputRow(state: UiState, area: Area): Row {
  const { picker } = state;
  const found = picksOf(state).filter(({ type }) => type === 'ref').length;
  const count = picker.refs.type === 'read' ? `${found} of ${refsOf(picker).length} ` : '';
  const input = field('ref', picker.text, { ...area, columns: area.columns - count.length - 1 });
  return spread(input, row(span(count, 'muted')), area);
}

/** Why there is nothing to pick, or not yet; the first line can be taken all the same. */
function troubleRows({ picker: { refs }, now }: UiState, area: Area): Row[] {
  switch (refs.type) {
    case 'reading':
      return [row(span(` ${turning(area.glyphs, now)} reading branches, tags and commits`, 'busy'))];
    case 'failed':
      return problemRows(refs.problem, { ...area, rows: Math.max(3, Math.floor(area.rows / 3)) });
    case 'read':
      return refs.refs.length > 0
        ? []
        : [row(span(' There are no refs to choose from: the source is a folder.', 'muted'))];
  }
}

function listRows(state: UiState, area: Area): Row[] {
  const live = liveRevision(state);
  const lineOf = (pick: Pick) => lineOfPick(pick, { live, now: state.now });
  const ruler = rulerOf(refsOf(state.picker));
  return tableListRows({ columns: COLUMNS, ruler, items: picksOf(state), cursor: state.cursor.deploy, lineOf }, area);
}

interface Measure {
  /** The commit of what is live. */
  readonly live: string | undefined;
  readonly now: number;
}

function lineOfPick(pick: Pick, { live, now }: Measure): readonly Span[] | { readonly text: readonly Span[] } {
  switch (pick.type) {
    case 'default':
      return { text: [span('what hosts.json says'), span(', else HEAD', 'muted')] };
    case 'asItIs':
      return { text: [span(`use '${pick.text}' as it is`)] };
    case 'ref': {
      const { kind, name, revision, at, author, subject } = pick.ref;
      return [
        span(kind, 'muted'),
        span(name, 'strong'),
        span(revision === live ? 'live' : '', 'ok'),
        span(kind === 'commit' ? '' : shortId(revision), 'muted'),
        span(age(now - at), 'muted'),
        span(author, 'muted'),
        span(subject),
      ];
    }
  }
}
