import { plural } from '../../../base/text.ts';
import type { Step } from '../../../rollout/plan.ts';
import { stepTitle } from '../../../rollout/step-title.ts';
import { isPaused } from '../../../rollout/transitions.ts';
import { type Moment, seconds, turning } from '../../components/signs.ts';
import type { RolloutView } from '../../state.ts';
import { type Span, span } from '../../text/row.ts';
import type { Style } from '../../theme.ts';
import type { OutlineStep } from './outline.ts';
import { localTime } from './select.ts';
import { standOf } from './stand.ts';
import { bakeLeft, countdown } from './waits.ts';

/** `stopped`: the rollout has ended in it. `leftOut`: somebody had all that is left approved. */
export type StepState = 'done' | 'now' | 'ahead' | 'stopped' | 'leftOut' | 'kept';

export function stepState(view: RolloutView, { index, step }: OutlineStep): StepState {
  const { state, history } = view;
  if (step === undefined) return 'kept';
  const current = (state.step?.index ?? 0) - 1;
  if (index > current) return 'ahead';
  const isWatch = step.type === 'bake' || step.type === 'analyze';
  if (isWatch && history.steps[index] === undefined) return 'leftOut';
  if (index < current || state.phase === 'Succeeded') return 'done';
  return state.finished ? 'stopped' : 'now';
}

// prettier-ignore
const STYLES: Readonly<Record<StepState, Style>> = {
  done: 'ok', now: 'busy', ahead: 'muted', stopped: 'warn', leftOut: 'muted', kept: 'muted',
};

export function stepGlyph(view: RolloutView, at: OutlineStep, { glyphs, now }: Moment): Span {
  const state = stepState(view, at);
  const glyph = {
    done: glyphs.ok,
    now: isPaused(view.state.phase) ? glyphs.paused : turning(glyphs, now),
    ahead: glyphs.waiting,
    stopped: glyphs.warn,
    leftOut: glyphs.skipped,
    kept: glyphs.skipped,
  }[state];
  return span(glyph, state === 'now' && isPaused(view.state.phase) ? 'warn' : STYLES[state]);
}

/** What a step does, without naming each of many. */
export function stepWords(step: Step | undefined, count: number): string {
  switch (step?.type) {
    case undefined:
      return `${plural(count, 'instance')} left as ${count === 1 ? 'it is' : 'they are'}`;
    case 'stage':
      return step.hosts.length > 3 ? `stage on ${step.hosts.length} hosts` : stepTitle(step);
    case 'update':
    case 'retire':
      return `${step.type} ${plural(count, 'instance')}`;
    case 'analyze':
      if (step.canaries.length < 3) return stepTitle(step);
      return stepTitle({ ...step, canaries: [`${step.canaries.length} canaries`] });
    case 'hook':
    case 'bake':
    case 'gate':
    case 'switchTraffic':
    case 'keepWarm':
      return stepTitle(step);
  }
}

/** What came of it so far: how many of its instances stand how, or who has let it pass. */
export function stepNews(view: RolloutView, { step, instances }: OutlineStep): readonly Span[] {
  if (step?.type === 'gate') return gateNews(view, step.gate);
  if (step === undefined || instances.length === 0) return [];
  const counts = new Map<string, number>();
  for (const id of instances) {
    const stand = standOf(view, id);
    const word = stand.type === 'broken' ? stand.word : (NAMES[stand.type] ?? stand.type);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const told = NEWS.flatMap(([word, style]) => {
    const count = counts.get(word);
    return count === undefined ? [] : [span(`${count} ${word}`, style)];
  });
  return told.flatMap((part, index) => (index === 0 ? [part] : [span(', ', 'muted'), part]));
}

const NAMES: Readonly<Record<string, string>> = { unwatched: 'updated', failedBack: 'failed' };

const NEWS: readonly (readonly [string, Style])[] = [
  ['failed', 'bad'],
  ['unreachable', 'bad'],
  ['unverified', 'warn'],
  ['updated', 'ok'],
  ['retired', 'muted'],
  ['reverted', 'warn'],
  ['skipped', 'muted'],
];

function gateNews({ state }: RolloutView, gate: string): readonly Span[] {
  const passed = state.gates.findLast((one) => one.gate === gate)?.passed;
  if (!passed) return [];
  return [span(`passed by ${passed.by}${passed.why === '' ? '' : `: ${passed.why}`}`, 'muted')];
}

/** How long it took; how long it lasts still, or already. Empty for what is ahead. */
export function stepTime(view: RolloutView, at: OutlineStep, now: number): Span {
  const time = view.history.steps[at.index];
  if (!time) return span('');
  if (time.until !== undefined) return span(seconds(time.until - time.since), 'muted');
  const left = bakeLeft(view, now);
  if (left !== undefined) return span(`${countdown(left)} left`, 'busy');
  return span(seconds(now - localTime(view, { source: 'controller', t: time.since })), 'muted');
}
