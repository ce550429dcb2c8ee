import { type Area, type Row, type Span, blank, row, span } from '../../text/row.ts';
import { sparkline } from '../../text/sparkline.ts';
import { cut, pad } from '../../text/width.ts';
import { SPAN_COUNT } from './tally.ts';
import type { LogsLayout } from './geometry.ts';
import { hostStyle } from './line-rows.ts';
import { belongsTo, hostOf, instanceOf, shortHosts } from '../../../logs/names.ts';
import type { LogsView } from './state.ts';

/** What is known of the sources at one moment. */
export interface SourcesLook {
  readonly logs: LogsView;
  readonly layout: LogsLayout;
  readonly area: Area;
  readonly now: number;
}

/** Hosts in the order of hosts.json: their places in it are the keys that show them alone. */
export function hostsOf({ sources }: Pick<LogsView, 'sources'>): readonly string[] {
  return [...new Set(sources.map(hostOf))];
}

const RATE = 9;
const ERRORS = 6;

/** Every source with its rate and its errors, as wide as the layout has it. */
export function sideRows(look: SourcesLook): Row[] {
  const { logs, layout } = look;
  const names = shortHosts(hostsOf(logs));
  const head = sideRow({ lead: span('SOURCES', 'muted'), rate: 'lines/s', errors: span('err', 'muted') }, layout.side);
  const rows = hostsOf(logs).flatMap((host, index) => {
    const own = logs.sources.filter((source) => hostOf(source) === host);
    return [hostRow(index, names.get(host)!, host), ...own.map((source) => sourceRow(source, look))];
  });
  if (rows.length < layout.rows) return [head, ...rows];
  const kept = rows.slice(0, Math.max(0, layout.rows - 2));
  const more = span(pad(`and ${rows.length - kept.length} more`, layout.side), 'muted');
  return [head, ...kept, row(more)];

  function hostRow(index: number, name: string, host: string): Row {
    const key = index < 9 ? `${index + 1}` : ' ';
    const word = isMuted(logs, host) ? ' muted' : '';
    const room = layout.side - 2 - word.length;
    const text = cut(name, room, look.area.glyphs.ellipsis);
    const rest = pad(word, layout.side - 2 - text.length);
    return row(
      span(`${key} `, 'key'),
      span(text, isMuted(logs, host) ? 'muted' : hostStyle(host)),
      span(rest, 'muted'),
    );
  }
}

function sourceRow(source: string, { logs, layout, area, now }: SourcesLook): Row {
  const { status, errors, perSecond, spans } = logs.tallies.read(source, now);
  const instance = instanceOf(source);
  const isOut = logs.alone !== undefined && !belongsTo(source, logs.alone);
  const sign = { opening: area.glyphs.waiting, following: area.glyphs.ok, troubled: area.glyphs.warn }[status];
  const room = layout.side - RATE - ERRORS - 1;
  const line = ` ${sparkline(spans, { cells: SPAN_COUNT, glyphs: area.glyphs })}`;
  const name = room - line.length;
  const text = `${pad(cut(`  ${sign} ${instance}`, name, area.glyphs.ellipsis), name)}${line}`;
  const lead = span(text, isOut ? 'muted' : status === 'troubled' ? 'warn' : 'plain');
  const rate = { opening: 'silent', following: rateWords(perSecond), troubled: 'no line' }[status];
  return sideRow({ lead, rate, errors: span(`${errors}`, errors > 0 ? 'bad' : 'muted') }, layout.side);
}

function sideRow(cells: { readonly lead: Span; readonly rate: string; readonly errors: Span }, side: number): Row {
  const lead = pad(cells.lead.text, side - RATE - ERRORS);
  const errors = pad(cells.errors.text, ERRORS, 'left');
  return row(
    span(lead, cells.lead.style),
    span(pad(cells.rate, RATE, 'left'), 'muted'),
    span(errors, cells.errors.style),
  );
}

/** Whether nothing of the host is shown. */
export function isMuted({ alone, sources }: LogsView, host: string): boolean {
  return alone !== undefined && !sources.some((source) => hostOf(source) === host && belongsTo(source, alone));
}

export function rateWords(perSecond: number): string {
  return perSecond >= 10 ? `${Math.round(perSecond)}` : perSecond.toFixed(1);
}

/** The hosts in one row, where there is no room beside the lines. */
export function hostsRow({ logs, area, now }: SourcesLook): Row {
  const names = shortHosts(hostsOf(logs));
  const cells = hostsOf(logs).flatMap((host, index): Span[] => {
    const own = logs.sources.filter((source) => hostOf(source) === host);
    const isTroubled = own.some((source) => logs.tallies.read(source, now).status === 'troubled');
    const style = isMuted(logs, host) ? 'muted' : hostStyle(host);
    return [
      ...(index < 9 ? [span(`${index + 1} `, 'key')] : []),
      span(names.get(host)!, style),
      span(isMuted(logs, host) ? ' muted' : '', 'muted'),
      span(isTroubled ? ` ${area.glyphs.warn} no line` : '', 'warn'),
      span('   '),
    ];
  });
  return cells.length === 0 ? blank : row(' ', ...cells);
}
