import { grouped, plural } from '../../../base/text.ts';
import { type Row, type Span, row, span } from '../../text/row.ts';
import { hostsOf, rateWords, type SourcesLook } from './sources.ts';

/** What stands above the lines: whether they move, how many are shown, and of what. The most needed comes first. */
export function headRow(look: SourcesLook): Row {
  const dot = span(` ${look.area.glyphs.separator} `, 'muted');
  const parts = [movingSpan(look), ...narrowedSpans(look), ...countSpans(look)];
  return row(' ', ...parts.flatMap((part, index) => (index === 0 ? [part] : [dot, part])));
}

function movingSpan({ logs, area, now }: SourcesLook): Span {
  const { glyphs } = area;
  if (logs.held) {
    const { waiting } = logs.shown;
    const lines = waiting === 0 ? 'no new lines' : `${grouped(waiting)} new ${waiting === 1 ? 'line' : 'lines'}`;
    return span(`${glyphs.paused} paused ${glyphs.dash} ${lines}, G follows`, 'warn');
  }
  const statuses = logs.sources.map((source) => logs.tallies.read(source, now).status);
  const troubled = statuses.filter((status) => status === 'troubled').length;
  const all = plural(logs.sources.length, 'log');
  const silent = statuses.filter((status) => status === 'opening').length;
  // of a log that says nothing it is not known whether it is heard
  const so = silent === 0 ? '' : `, ${silent} silent so far`;
  if (troubled === 0) return span(`${glyphs.below} following ${all}${so}`, silent === 0 ? 'ok' : 'plain');
  return span(`${glyphs.warn} following ${logs.sources.length - troubled} of ${all}${so}`, 'warn');
}

/** That this is not all: nobody may take a part for the whole. */
function narrowedSpans({ logs, area }: SourcesLook): Span[] {
  const parts: Span[] = [];
  const { filter, narrowing, alone, find, held, ring, shown } = logs;
  const all = held ? held.lines.length - held.words : ring.next - ring.first - ring.words;
  if (alone !== undefined) parts.push(span(`${alone} alone (0: all)`, 'strong'));
  if (narrowing.type === 'bad') parts.push(span(`${area.glyphs.bad} ${narrowing.error}`, 'bad'));
  if (filter !== '' || alone !== undefined) {
    const count = `${grouped(shown.lines)} of ${plural(all, 'line').replace(/^\d+/, grouped(all))}`;
    parts.push(span(filter === '' ? count : `${count} match "${filter}"`, 'strong'));
  }
  if (find !== '') parts.push(span(`find "${find}"`, 'strong'));
  return parts;
}

function countSpans({ logs, now }: SourcesLook): Span[] {
  const perSecond = logs.sources.reduce((sum, source) => sum + logs.tallies.read(source, now).perSecond, 0);
  const parts = [span(`${rateWords(perSecond)} lines/s`, 'muted'), span(plural(hostsOf(logs).length, 'host'), 'muted')];
  if (logs.sideways > 0) parts.push(span(`from column ${logs.sideways + 1}`, 'muted'));
  if (logs.ring.first > 0) parts.push(span(`${grouped(logs.ring.first)} older lines dropped`, 'muted'));
  if (logs.time === 'clock') parts.push(span('UTC', 'muted'));
  return parts;
}
