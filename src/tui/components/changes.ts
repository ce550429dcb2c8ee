import { plural } from '../../base/text.ts';
import type { CommitList, LoggedCommit } from '../../git/log.ts';
import type { Changes } from '../../rollout/changes.ts';
import { paragraph } from '../text/paragraph.ts';
import { type Area, type Row, type Span, row, span } from '../text/row.ts';
import { type Moment, turning } from './signs.ts';

type Compared = Extract<Changes, { type: 'compared' }>;

/** Which side is told first: a deploy brings something, a way back takes something away. */
export type Emphasis = 'brings' | 'takesAway';

export interface ToldChanges {
  /** Undefined while git is asked. */
  readonly changes: Changes | undefined;
  readonly first: Emphasis;
  readonly now: Moment['now'];
}

/** What going from what is live to another revision changes, and the commits that do. */
export function changesRows({ changes, first, now }: ToldChanges, area: Area): Row[] {
  if (area.rows < 1) return [];
  if (!changes) return [row(span(` ${turning(area.glyphs, now)} comparing with what is live`, 'muted'))];
  if (changes.type === 'unknown') {
    return paragraph(changes.reason, area, { style: 'muted', most: Math.min(2, area.rows) });
  }
  const commits = commitRows(changes, first, { ...area, rows: area.rows - 1 });
  return [row(span(` ${headline(changes, first)}`, 'strong')), ...commits];
}

/** "brings 3 commits, takes away 1 commit" */
export function headline({ brings, takesAway }: Compared, first: Emphasis): string {
  const brought = countOf(brings);
  const taken = countOf(takesAway);
  if (brought + taken === 0) return 'the commit that is live: nothing changes';
  const parts = [
    brought === 0 ? '' : `brings ${plural(brought, 'commit')}`,
    taken === 0 ? '' : `takes away ${plural(taken, 'commit')}`,
  ];
  const ordered = first === 'brings' ? parts : parts.toReversed();
  return ordered.filter((part) => part !== '').join(', ');
}

function countOf({ commits, more }: CommitList): number {
  return commits.length + more;
}

function commitRows(compared: Compared, first: Emphasis, area: Area): Row[] {
  const brought = compared.brings.commits.map((commit) => ({ sign: span(' + ', 'ok'), commit }));
  const taken = compared.takesAway.commits.map((commit) => ({ sign: span(' - ', 'warn'), commit }));
  const told = first === 'brings' ? [...brought, ...taken] : [...taken, ...brought];
  const count = countOf(compared.brings) + countOf(compared.takesAway);
  if (count <= area.rows) return told.map(commitRow);
  if (area.rows < 2) return told.slice(0, area.rows).map(commitRow);
  const shown = told.slice(0, area.rows - 1);
  return [...shown.map(commitRow), row(span(`   and ${count - shown.length} more`, 'muted'))];
}

function commitRow({ sign, commit }: { readonly sign: Span; readonly commit: LoggedCommit }): Row {
  return row(sign, span(`${commit.short} `, 'muted'), span(commit.subject));
}
