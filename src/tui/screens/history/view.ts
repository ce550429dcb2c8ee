import type { HistoryRecord } from '../../../host/records.ts';
import { problemRows } from '../../components/problem.ts';
import { outcomeWords } from '../../../rollout/outcome-words.ts';
import { outcomeStyle } from '../../components/outcome.ts';
import { rule } from '../../components/rule.ts';
import { turning } from '../../components/signs.ts';
import { filled, tableListRows } from '../../components/table-list.ts';
import type { UiState } from '../../state.ts';
import { paragraph } from '../../text/paragraph.ts';
import { shortRelease } from '../../text/release.ts';
import { type Area, blank, type Row, row, type Span, span } from '../../text/row.ts';
import { createRuler } from '../../text/ruler.ts';
import type { Column } from '../../text/table.ts';
import { recordsOf, selectedRecord } from './select.ts';

const COLUMNS: readonly Column[] = [
  { title: 'WHEN (UTC)', min: 11, drop: 0 },
  { title: 'WHO', min: 6, max: 20, drop: 2 },
  { title: 'WHAT', min: 8, max: 12, drop: 0 },
  { title: 'RELEASE', min: 7, max: 26, drop: 3 },
  { title: 'OUTCOME', min: 10, max: 14, drop: 0 },
  { title: 'WHY', min: 12, drop: 1 },
];

const [short, long] = (['short', 'long'] as const).map((form) =>
  createRuler<HistoryRecord>((record) => textsOf(record, form)),
) as [Ruler, Ruler];

type Ruler = (records: readonly HistoryRecord[]) => readonly string[];

/** Who changed what, newest first, and all about the marked record. */
export function historyRows(state: UiState, area: Area): Row[] {
  const top = troubleRows(state, area);
  const records = recordsOf(state);
  if (records.length === 0) return [...top, ...emptyRows(state)];
  const below = area.rows < 16 ? 5 : Math.min(10, Math.floor(area.rows / 3));
  const form = area.columns < 100 ? 'short' : 'long';
  const ruler = (form === 'short' ? short : long)(records);
  const lineOf = (record: HistoryRecord) => cellsOf(record, form);
  const list = { columns: COLUMNS, ruler, items: records, cursor: state.cursor.history, lineOf };
  return [
    ...top,
    ...tableListRows(list, { ...area, rows: area.rows - top.length - below }),
    rule(area),
    ...filled(detailRows(selectedRecord(state), { ...area, rows: below - 1 }), below - 1),
  ];
}

function emptyRows({ trail }: UiState): Row[] {
  if (!trail.trail) return [];
  return [blank, row(span(' Nothing has been changed yet.', 'muted'))];
}

/** That it is being read, why it could not be, and which hosts tell nothing. */
function troubleRows({ trail, now }: UiState, area: Area): Row[] {
  const { glyphs } = area;
  const reading = trail.reading ? [row(span(` ${turning(glyphs, now)} asking the hosts`, 'busy'))] : [];
  const problem = trail.problem ? problemRows(trail.problem, { ...area, rows: Math.floor(area.rows / 3) }) : [];
  const failed = (trail.trail?.failed ?? []).flatMap(({ host, reason }) =>
    paragraph(`${host} could not be read: ${reason}`, area, {
      lead: span(` ${glyphs.warn} `, 'warn'),
      style: 'warn',
      most: 2,
    }),
  );
  const most = Math.max(2, Math.floor(area.rows / 4));
  const hidden = failed.length - most + 1;
  const shown =
    failed.length <= most ? failed : [...failed.slice(0, most - 1), row(span(`   ${hidden} more lines`, 'muted'))];
  return [...reading, ...problem, ...shown];
}

type Form = 'short' | 'long';

function textsOf({ at, by, what, release, outcome, why }: HistoryRecord, form: Form): readonly string[] {
  const when = timeOf(at);
  const id = release ?? '';
  return form === 'short'
    ? [when.slice(5), by, what, shortRelease(id), outcome, why ?? '']
    : [when, by, what, id, outcome, why ?? ''];
}

function cellsOf(record: HistoryRecord, form: Form): readonly Span[] {
  const [when = '', by = '', what = '', release = '', outcome = '', why = ''] = textsOf(record, form);
  const style = outcomeStyle(record.outcome);
  return [span(when, 'muted'), span(by), span(what, 'strong'), span(release), span(outcome, style), span(why, 'muted')];
}

/** `2026-11-21 11:42` */
export function timeOf(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? 'unknown' : date.toISOString().slice(0, 16).replace('T', ' ');
}

function detailRows(record: HistoryRecord | undefined, area: Area): Row[] {
  if (!record) return [];
  const { at, by, what, release, from, outcome, why, rollout } = record;
  const to = release === undefined ? '' : ` ${release}`;
  const before = from === undefined ? '' : `, from ${from}`;
  const head = row(
    ' ',
    span(`${what}${to}`, 'strong'),
    span(before, 'muted'),
    '  ',
    span(outcomeWords(outcome), outcomeStyle(outcome)),
  );
  const facts = row(span(` ${rollout === undefined ? '' : `rollout ${rollout}, `}${timeOf(at)} UTC, ${by}`, 'muted'));
  const reason = why === undefined ? [] : paragraph(why, area, { most: Math.max(1, area.rows - 2) });
  return [head, facts, ...reason];
}
