import type { PlanningView, UiState } from '../../state.ts';
import { type Area, type Row, blank, row, span } from '../../text/row.ts';
import { rule } from '../../components/rule.ts';
import { paragraph } from '../../text/paragraph.ts';
import { problemRows } from '../../components/problem.ts';
import { seconds, turning } from '../../components/signs.ts';

/** While it builds and plans: what is being done, for how long, and what the build says. */
export function planningRows(state: UiState, area: Area): Row[] {
  const { planning } = state;
  if (!planning) return [];
  const head = planning.problem
    ? problemRows(planning.problem, { ...area, rows: area.rows - 2 })
    : busyRows(state, area);
  const room = area.rows - head.length - 3;
  if (room < 1 || planning.lines.length === 0) return [blank, ...head];
  const lines = planning.lines.slice(-room).map((line) => row(span(` ${line}`, 'muted')));
  return [blank, ...head, blank, rule(area, 'build'), ...lines];
}

function doing({ kind, target, called }: PlanningView): string {
  switch (kind) {
    case 'rollback':
      return `planning the rollback to ${target}`;
    case 'continue':
      return 'reading the hosts, planning the rest';
    case 'goBack':
      return 'reading the hosts, planning the way back';
    case 'reconcile':
      return 'reading the hosts, planning how to bring back what has drifted';
    case 'deploy':
      return `building ${target === '' ? 'what hosts.json says' : refWords(target, called)}, reading the hosts, planning`;
  }
}

function refWords(target: string, called: string | undefined): string {
  return called === undefined || target.startsWith(called) ? target : `${called} (${target.slice(0, 7)})`;
}

function busyRows({ planning, now }: UiState, area: Area): Row[] {
  if (!planning) return [];
  const what = doing(planning);
  const lead = span(` ${turning(area.glyphs, now)} `, 'busy');
  return [
    ...paragraph(`${what}, ${seconds(now - planning.since)}`, area, { lead, style: 'busy' }),
    row(span('   Nothing is changed yet; Esc cancels.', 'muted')),
  ];
}
