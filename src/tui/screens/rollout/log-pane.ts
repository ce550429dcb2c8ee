import { plural } from '../../../base/text.ts';
import { followed } from './select.ts';
import type { RolloutView } from '../../state.ts';
import { type Area, type Row, row, span } from '../../text/row.ts';
import { cut, pad, width } from '../../text/width.ts';
import { rule } from '../../components/rule.ts';

/** What the instance being changed says, together with hooks and prepare steps. */
export function logRows(view: RolloutView, area: Area): Row[] {
  const rows = area.rows - 1;
  if (rows < 1) return [];
  const { log } = view;
  const first = log.count - log.lines.length;
  const bottom = log.bottom === undefined ? log.lines.length : log.bottom - first + 1;
  const shown = log.lines.slice(Math.max(0, bottom - rows), Math.max(bottom, Math.min(rows, log.lines.length)));
  // as wide as the widest name on the screen, so that lines stay under each other
  const tag = Math.min(24, Math.floor(area.columns / 4), Math.max(0, ...shown.map((line) => width(line.source))));
  const lines = shown.map((line) => {
    const source = pad(cut(line.source, tag, area.glyphs.ellipsis), tag);
    return row(span(` ${source}  `, 'muted'), line.text);
  });
  const trouble = log.trouble === undefined ? [] : [row(span(` ${area.glyphs.warn} ${log.trouble}`, 'warn'))];
  const empty = lines.length === 0 && trouble.length === 0 ? [row(span(' no lines yet', 'muted'))] : [];
  return [rule(area, title(view)), ...[...lines, ...trouble].slice(-rows), ...empty];
}

function title(view: RolloutView): string {
  const { log, pane, pinned } = view;
  const name = followed(view);
  const words = [name === undefined ? 'log' : `log of ${name}`];
  if (pinned !== undefined) words.push('(chosen, f follows the rollout)');
  if (log.bottom !== undefined)
    words.push(`held, ${plural(log.count - 1 - log.bottom, 'newer line')} below, f follows`);
  else if (pane === 'detail') words.push('(arrows scroll here)');
  return words.join(' ');
}
