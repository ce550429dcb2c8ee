import { formatDuration, writtenDuration } from '../../../base/duration.ts';
import type { ProbeSample } from '../../../host/state.ts';
import { bar } from '../../components/signs.ts';
import type { RolloutView } from '../../state.ts';
import { type Area, type Row, type Span, row, span } from '../../text/row.ts';
import { width } from '../../text/width.ts';
import type { Glyphs } from '../../theme.ts';
import type { Probe } from './history.ts';
import { isActive } from './select.ts';
import { countdown, deadlineLeft } from './waits.ts';

/** `✗ refused`, `✗ 500 41ms`, `✓ 200 12ms`. */
export function probeMark({ healthy, outcome, latencyMs }: ProbeSample, glyphs: Glyphs): Span {
  const latency = latencyMs === undefined ? '' : ` ${Math.round(latencyMs)}ms`;
  return span(`${healthy ? glyphs.ok : glyphs.bad} ${brief(outcome)}${latency}`, healthy ? 'ok' : 'bad');
}

/** What a probe came to, in a word or two: the whole of it stands where one answer is shown alone. */
function brief(outcome: string): string {
  if (/^no answer\b/.test(outcome)) return 'no answer';
  if (outcome === 'connection refused') return 'refused';
  return outcome.replace(/, the body lacks: .*$/s, ' wrong body');
}

/** The newest answer of an instance that is being proved. */
export function lastProbe({ state, history }: RolloutView, id: string, glyphs: Glyphs): Span {
  const progress = state.instances[id];
  const newest = history.instances[id]?.probes.at(-1);
  if (!newest || !progress || !isActive(progress.state)) return span('');
  const mark = probeMark(newest.sample, glyphs);
  return { ...mark, text: `#${newest.attempt} ${mark.text}` };
}

/** The answers to its probes, the newest last and never cut; as many of the older ones as there is room for. */
export function probeRow(
  { history }: RolloutView,
  id: string,
  { columns, glyphs }: Pick<Area, 'columns' | 'glyphs'>,
): Row | undefined {
  const probes = history.instances[id]?.probes ?? [];
  if (probes.length === 0) return undefined;
  const shown: Span[] = [];
  let left = columns - LEAD.length - width(glyphs.ellipsis) - 2;
  for (const [index, probe] of [...probes.entries()].toReversed()) {
    const mark = markIn(probe, index, glyphs);
    left -= width(mark.text) + GAP.length;
    if (left < 0 && shown.length > 0) return row(span(`${LEAD}${glyphs.ellipsis}`, 'muted'), ...shown);
    shown.unshift(span(GAP), mark);
  }
  return row(span(LEAD, 'muted'), ...shown);
}

const LEAD = ' probes ';
const GAP = '  ';

/** The first one after another start is set off from those before it. */
function markIn({ attempt, sample }: Probe, index: number, glyphs: Glyphs): Span {
  const mark = probeMark(sample, glyphs);
  return attempt === 1 && index > 0 ? { ...mark, text: `${glyphs.branchPast} ${mark.text}` } : mark;
}

/** `██░░░ 4s of 10s`, while that is what is waited for. */
export function healthyText({ state }: RolloutView, id: string, glyphs: Glyphs): string {
  const progress = state.instances[id];
  if (!progress || progress.neededMs === 0 || !isActive(progress.state)) return '';
  const { healthyMs, neededMs } = progress;
  const whole = formatDuration(Math.floor(healthyMs / 1000) * 1000);
  return `healthy ${bar(healthyMs / neededMs, 5, glyphs)} ${whole} of ${writtenDuration(neededMs)}`;
}

/** `1m50s left` until it counts as failed. */
export function leftText(view: RolloutView, id: string, now: number): string {
  const left = deadlineLeft(view, id, now);
  return left === undefined ? '' : `${countdown(left)} left`;
}
