import { bodyOf } from '../layout.ts';
import { TITLES } from '../screens/titles.ts';
import { type ScreenName, type UiState, isRunning, screenOf } from '../state.ts';
import { type Area, type Row, type Span, row, span, spread } from '../text/row.ts';
import { age, phaseSign, turning } from '../components/signs.ts';

/** Where the reader is, and what they must never overlook: the stage, that it is protected, that a rollout runs. */
export function header(state: UiState): Row {
  const area = bodyOf(state);
  const screen = screenOf(state);
  const crumb = span(` ${area.glyphs.crumb} `, 'muted');
  const parts: Span[] = [span(' '), span(state.session?.app ?? 'slipway', 'title')];
  if (screen !== 'stages' && state.stage !== undefined) parts.push(crumb, span(state.stage, 'strong'));
  parts.push(...wayTo(state).flatMap((name) => [crumb, span(TITLES[name])]));
  return spread(row(...parts), row(...badges(state, area), ' '), area);
}

/** A plan is made from somewhere: that is where the way back leads. */
function wayTo({ screens }: UiState): readonly ScreenName[] {
  const [below, screen = 'stages'] = [screens.at(-2), screens.at(-1)];
  const isErrand = screen === 'planning' || screen === 'review';
  return isErrand && (below === 'deploy' || below === 'releases') ? [below, screen] : [screen];
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
