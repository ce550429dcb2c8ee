import { list } from '../../../base/text.ts';
import { problemRows } from '../../components/problem.ts';
import type { RolloutView } from '../../state.ts';
import { paragraph } from '../../text/paragraph.ts';
import { type Area, type Row, row, span } from '../../text/row.ts';
import { ranFor } from './head.ts';
import { failures } from './select.ts';

/** How it ended, how long it took, what has failed and what to type next; undefined while it runs. */
export function endRows(view: RolloutView, now: number, area: Area): Row[] | undefined {
  if (view.problem) return problemRows(view.problem, { ...area, rows: Math.floor(area.rows / 2) });
  const { outcome } = view;
  if (!outcome) return undefined;
  const style = outcome.exitCode === 0 ? 'ok' : outcome.exitCode === 4 ? 'warn' : 'bad';
  const sign = outcome.exitCode === 0 ? area.glyphs.ok : area.glyphs.warn;
  const next =
    outcome.next === undefined
      ? []
      : [row(span(` ${area.glyphs.arrow} next: `, 'muted'), span(outcome.next, 'strong'))];
  return [
    ...paragraph(outcome.message, area, { lead: span(` ${sign} `, style), style, most: 4 }),
    ...paragraph(summary(view, now), area, { lead: span('   '), style: 'muted', most: 2 }),
    ...next,
  ];
}

/** Failed ones that are named; more are counted. */
const NAMED = 4;

function summary(view: RolloutView, now: number): string {
  const ran = ranFor(view, now);
  const failed = failures(view);
  const names = failed.length > NAMED ? [...failed.slice(0, NAMED), `${failed.length - NAMED} more`] : failed;
  const took = ran === undefined ? '' : `It took ${ran}. `;
  return `${took}${failed.length === 0 ? 'No instance has failed.' : `Failed: ${list(names)} (e goes there).`}`;
}
