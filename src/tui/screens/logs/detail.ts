import type { UiState } from '../../state.ts';
import { paragraph } from '../../text/paragraph.ts';
import { type Area, type Row, blank, row, span, spread } from '../../text/row.ts';
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

export function detailRows({ source, at, level, text }: LogEntry, area: Area): Row[] {
  const dot = span(` ${area.glyphs.separator} `, 'muted');
  const when = new Date(at).toISOString().replace('T', ' ').replace('Z', ' UTC');
  const head = row(' ', span(source === '' ? 'slipway' : source, 'strong'), dot, span(`received ${when}`), dot);
  const said = row(...head.spans, span(level ?? 'no level', level === undefined ? 'muted' : 'plain'));
  const fields = fieldRows(text, area);
  const whole = chunks(text, { columns: area.columns - 2, most: Infinity }).map((piece) => row(` ${piece}`));
  return [said, blank, ...fields, ...(fields.length === 0 ? [] : [blank]), row(span(' as it came', 'muted')), ...whole];
}

function fieldRows(text: string, area: Area): Row[] {
  const fields = Object.entries(parsed(text));
  const keys = Math.min(WIDEST_KEY, Math.max(0, ...fields.map(([key]) => width(key))));
  return fields.flatMap(([key, value]) => {
    const shown = typeof value === 'string' ? value : JSON.stringify(value);
    const lead = span(` ${key.padEnd(keys)}  `, 'muted');
    return paragraph(shown, area, { lead });
  });
}

/** The fields of a line that is an object in JSON; none of any other. */
function parsed(text: string): Readonly<Record<string, unknown>> {
  if (!text.startsWith('{')) return {};
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
