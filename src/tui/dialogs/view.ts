import { unreachable } from '../../base/errors.ts';
import { field } from '../components/field.ts';
import { optionRows } from './option-rows.ts';
import { pickRows } from './pick.ts';
import { type Dialog, screenOf, type UiState } from '../state.ts';
import { parseFilter } from '../text/match.ts';
import { paragraph } from '../text/paragraph.ts';
import { type Area, type Row, type Span, blank, row, span } from '../text/row.ts';
import { rule } from '../components/rule.ts';
import { elsewhereRows, unfinishedRows } from './standing.ts';

/** A question over the lower part of the screen; what it is about stays in sight above. */
export function dialogRows(state: UiState, dialog: Dialog, area: Area): Row[] {
  const stage = state.session?.stage ?? '';
  switch (dialog.name) {
    case 'typeStage': {
      const badge = [' ', span(' PROTECTED ', 'danger')];
      const head = row(...badge, '  Type ', span(stage, 'strong'), ' and press Enter to start.');
      return [rule(area, 'Really start?'), blank, head, blank, field('stage', dialog.text, area)];
    }
    case 'ask':
      return askRows(state, dialog, area);
    case 'quit':
      return [rule(area, 'A rollout runs. How to leave?'), blank, ...optionRows(state, dialog, area)];
    case 'unfinished':
      return unfinishedRows(state, dialog, area);
    case 'elsewhere':
      return elsewhereRows(state, dialog, area);
    case 'filter':
      return filterRows(state, dialog, area);
    case 'palette':
    case 'views':
    case 'columns':
      return pickRows(state, dialog, area);
    default:
      return unreachable(dialog);
  }
}

type AskDialog = Extract<Dialog, { name: 'ask' }>;

const TITLES: Readonly<Record<AskDialog['intent'], string>> = {
  abort: 'Abort the rollout?',
  rollback: 'Roll back?',
  accept: 'Leave everything as it is?',
  approve: 'Let it go on?',
};

function askRows(state: UiState, dialog: AskDialog, area: Area): Row[] {
  const { intent } = dialog;
  const badge = state.session?.protected
    ? [row(' ', span(' PROTECTED ', 'danger'), '  ', span(state.session.stage, 'strong'))]
    : [];
  const text = paragraph(consequence(intent, state), area);
  return [rule(area, TITLES[intent]), ...badge, ...text, blank, ...optionRows(state, dialog, area)];
}

function consequence(intent: AskDialog['intent'], { rollout }: UiState): string {
  const instances = Object.values(rollout?.state.instances ?? {});
  const updated = instances.filter((one) => one.state === 'updated').length;
  const many = rollout === undefined ? '' : ` (${updated} now)`;
  switch (intent) {
    case 'abort':
      return `The instance in hand goes back, then the rollout ends where it stands${rollout ? `: ${updated} updated, the rest as before` : ''}.`;
    case 'rollback':
      return `Every updated instance${many} goes back to the release before, one after the other.`;
    case 'approve':
      return 'What was watched counts as good, and the next instances get the release.';
    case 'accept':
      return 'No instance is changed. The rollout is over, the stage is free, and what differs is shown as drift.';
  }
}

/** One line at the bottom: the list above shows what the filter does. */
function filterRows(state: UiState, { text, does }: Extract<Dialog, { name: 'filter' }>, area: Area): Row[] {
  if (does === 'find')
    return [rule(area, 'Find'), field('find', text, area), row(span(' n and N go from one to the next', 'muted'))];
  if (does === 'goToTime') {
    const hint = ' 14:30, 10m (ago), yesterday 14:30, 2026-11-30T14:30Z';
    return [rule(area, 'Go to a time'), field('time', text, area), row(span(hint, 'muted'))];
  }
  return [rule(area, 'Show only'), field('filter', text, area), row(filterHint(state, text, area))];
}

/** What is wrong with it, or might be; else what can be typed. */
function filterHint(state: UiState, text: string, { glyphs }: Area): Span {
  const isLogs = screenOf(state) === 'logs' && state.logs !== undefined;
  const filter = isLogs ? state.logs.narrowing : parseFilter(text);
  if (filter.type === 'bad') return span(` ${glyphs.bad} ${filter.error}`, 'bad');
  if (!isLogs) return span(' words, !not this, host:fra, re:an expression', 'muted');
  const [doubt] = 'doubts' in filter ? filter.doubts : [];
  if (doubt !== undefined) return span(` ${glyphs.warn} ${doubt}`, 'warn');
  return span(' words, -not this, level:warn, host:fra, status>=500, since:10m, /an expression/', 'muted');
}
