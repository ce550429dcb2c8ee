import type { UiState } from '../../state.ts';
import { paragraph } from '../../text/paragraph.ts';
import { type Area, type Row, blank, row, span, spread } from '../../text/row.ts';
import { sanitise } from '../../../base/sanitise.ts';
import { width } from '../../text/width.ts';
import type { LogEntry } from './ring.ts';
import { chunks } from './text.ts';

const WIDEST_KEY = 24;

/** One line, whole: where it is from, when it came, what it says under each name. */
export function logLineRows({ logs }: UiState, area: Area): Row[] {
  if (!logs?.opened) return [];
  const { entry, top } = logs.opened;
  const all = detailRows(entry, area);
  if (all.length <= area.rows) return all;
  const shown = all.slice(top, top + area.rows - 1);
  const left = all.length - top - shown.length;
  const more = left > 0 ? `${left} more below, j or PgDn` : 'the end';
  return [...shown, spread(row(''), row(span(`${more} `, 'muted')), area)];
}

export function detailRows(entry: LogEntry, area: Area): Row[] {
  const { source, t, level, text, format } = entry;
  const dot = span(` ${area.glyphs.separator} `, 'muted');
  const when = new Date(t).toISOString().replace('T', ' ').replace('Z', ' UTC');
  const head = row(' ', span(source === '' ? 'slipway' : source, 'strong'), dot, span(when), dot);
  const said = row(
    ...head.spans,
    span(level ?? 'no level', level === undefined ? 'muted' : 'plain'),
    dot,
    span(format, 'muted'),
  );
  const fields = fieldRows(entry, area);
  const whole = chunks(text, { columns: area.columns - 2, most: Infinity }).map((piece) => row(` ${piece}`));
  return [said, blank, ...fields, ...(fields.length === 0 ? [] : [blank]), row(span(' as it came', 'muted')), ...whole];
}

function fieldRows({ message, fields: brought, text }: LogEntry, area: Area): Row[] {
  const fields = Object.entries(brought);
  if (fields.length === 0 && message === text) return [];
  const all = [['message', message] as const, ...fields];
  const keys = Math.min(WIDEST_KEY, Math.max(0, ...all.map(([key]) => width(key))));
  return all.flatMap(([key, value]) => {
    const shown = typeof value === 'string' ? value : JSON.stringify(value);
    const lead = span(` ${sanitise(key).padEnd(keys)}  `, 'muted');
    return paragraph(sanitise(shown), area, { lead });
  });
}
