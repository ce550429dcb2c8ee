import { formatDuration } from '../../base/duration.ts';
import { keyLabel } from '../keys/label.ts';
import { bindingsOf, scopeOf } from '../keys/table.ts';
import { bodyOf } from '../layout.ts';
import { type UiState, type ScreenName, isRunning, screenOf } from '../state.ts';
import { type Area, type Row, type Span, row, rowWidth, span, spread } from '../text/row.ts';
import { age, phaseSign, turning } from './words.ts';

export const TITLES: Readonly<Record<ScreenName, string>> = {
  stages: 'Stages',
  fleet: 'Fleet',
  planning: 'Planning',
  review: 'Plan',
  rollout: 'Rollout',
  releases: 'Releases',
  help: 'Keys',
};

/** Where the reader is, and what they must never overlook: the stage, that it is protected, that a rollout runs. */
export function header(state: UiState): Row {
  const area = bodyOf(state);
  const screen = screenOf(state);
  const crumb = span(` ${area.glyphs.crumb} `, 'muted');
  const parts: Span[] = [span(' '), span(state.session?.app ?? 'slipway', 'title')];
  if (screen !== 'stages' && state.stage !== undefined) parts.push(crumb, span(state.stage, 'strong'));
  parts.push(crumb, span(TITLES[screen]));
  return spread(row(...parts), row(...badges(state, area), ' '), area);
}

function badges(state: UiState, area: Area): Span[] {
  const found: Span[] = [];
  const { fleet, now, rollout } = state;
  const screen = screenOf(state);
  const moment = { glyphs: area.glyphs, now };
  if (state.quitting === 'leaving') found.push(span(`${turning(area.glyphs, now)} leaving `, 'warn'));
  if (rollout && isRunning(state) && screen !== 'rollout')
    found.push(phaseSign(rollout.state.phase, moment), span('  '));
  if (screen === 'fleet' || screen === 'releases') {
    const text = fleet.reading
      ? `${turning(area.glyphs, now)} reading`
      : fleet.readAt === undefined
        ? ''
        : `read ${fleet.readAt === now || now - fleet.readAt < 1000 ? 'now' : `${age(now - fleet.readAt)} ago`}`;
    if (text !== '') found.push(span(`${text}  `, 'muted'));
  }
  if (screen !== 'stages' && state.session?.protected) found.push(span(' PROTECTED ', 'danger'));
  return found;
}

export function rule({ columns, glyphs }: Area, title = ''): Row {
  if (title === '') return row(span(glyphs.rule.repeat(columns), 'muted'));
  const label = ` ${title} `;
  const rest = Math.max(0, columns - rowWidth(row(label)) - 1);
  return row(span(glyphs.rule, 'muted'), span(label, 'strong'), span(glyphs.rule.repeat(rest), 'muted'));
}

/** The line above the footer: what was just said, or nothing but a rule. */
export function noticeRow(state: UiState): Row {
  const area = bodyOf(state);
  if (!state.notice) return rule(area);
  const { style, text } = state.notice;
  return row(span(` ${style === 'ok' ? area.glyphs.ok : area.glyphs.warn} ${text}`, style));
}

/** The keys that do something here and now; the less needed ones leave when it gets narrow. */
export function footer(state: UiState): Row {
  const { columns } = bodyOf(state);
  let kept = bindingsOf(scopeOf(state)).filter(
    (binding) => binding.priority > 0 && binding.disabledReason?.(state) === undefined,
  );
  while (rowWidth(keysRow(kept)) > columns && kept.length > 1) {
    const leaves = kept.reduce((worst, binding) => (binding.priority >= worst.priority ? binding : worst));
    kept = kept.filter((binding) => binding !== leaves);
  }
  return keysRow(kept);
}

function keysRow(bindings: readonly { keys: readonly string[]; label: string }[]): Row {
  const words = bindings.map(({ keys, label }) => [span(keyLabel(keys[0]!), 'key'), span(` ${label}`)]);
  return row(' ', ...words.flatMap((word, index) => (index === 0 ? word : [span('   '), ...word])));
}

/** Whole seconds, rounded down: how long something lasts already. */
export function seconds(ms: number): string {
  return formatDuration(Math.max(0, Math.floor(ms / 1000) * 1000));
}
