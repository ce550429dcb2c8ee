import type { Problem } from '../state.ts';
import { type Area, type Row, blank, row, span } from '../text/row.ts';
import { wrap } from '../text/width.ts';

/** An error: what happened, what is known about it, what to do. Never a stack. */
export function problemRows(problem: Problem, area: Area): Row[] {
  const room = area.columns - 4;
  const [first = '', ...more] = problem.message.split('\n').flatMap((line) => wrap(line, room));
  const head = [
    row(' ', span(`${area.glyphs.bad} `, 'bad'), span(first, 'bad')),
    ...more.map((line) => row('   ', span(line, 'bad'))),
  ];
  const mend = problem.mend?.split('\n').flatMap((line) => wrap(line, room - 2)) ?? [];
  const mendRows = mend.map((line, index) => row(' ', span(index === 0 ? `${area.glyphs.arrow} ` : '  ', 'key'), line));
  const below = mend.length === 0 ? [] : [blank, ...mendRows];
  // the mend must be seen: the detail gives way, its newest lines are the telling ones
  const left = Math.max(0, area.rows - head.length - below.length - 1);
  const detail = problem.detail.flatMap((line) => wrap(line, room)).map((line) => row('   ', span(line, 'muted')));
  const shown = left === 0 ? [] : detail.slice(-left);
  return [...head, ...(shown.length === 0 ? [] : [blank, ...shown]), ...below].slice(0, area.rows);
}

/** A defect of ours in one screen: what broke it, and that nothing else is touched. */
export function brokenRows(thrown: unknown, area: Area): Row[] {
  const { message, stack = '' } = thrown instanceof Error ? thrown : new Error(String(thrown));
  const problem = {
    message: `This screen cannot be drawn: ${message}`,
    detail: stack
      .split('\n')
      .slice(1, 6)
      .map((line) => line.trim()),
    mend: 'Esc goes back; whatever runs goes on. Please report this, with what is shown here.',
    exitCode: 1,
  };
  return [blank, ...problemRows(problem, { ...area, rows: area.rows - 1 })];
}
