import { bindingsOf } from '../../keys/table.ts';
import { waits, countdown } from './waits.ts';
import { instanceLines } from './select.ts';
import type { RolloutView, UiState } from '../../state.ts';
import { type Area, type Row, type Span, blank, row, span, spread } from '../../text/row.ts';
import { paragraph } from '../../text/paragraph.ts';
import { pad } from '../../text/width.ts';
import { logRows } from './log-pane.ts';
import { problemRows } from '../../components/problem.ts';
import { hostRows } from './hosts.ts';
import { instanceRows } from './instances.ts';
import { PLAN_WORDS, bar, phaseSign, seconds } from '../../components/signs.ts';

/** Below so many rows the log leaves: the instances are what matters. */
const LOG_FROM = 8;

/** A rollout while it runs, and how it ended. */
export function rolloutRows(state: UiState, area: Area): Row[] {
  const view = state.rollout;
  if (!view) return [blank, row(span(' No rollout was started here.', 'muted'))];
  const top = [...headRows(view, state, area), ...(endRows(view, area) ?? waitRows(state, view, area)), blank];
  const isSending = view.state.phase === 'Pending' || view.state.phase === 'Staging';
  const hosts = hostRows(view, { ...area, rows: Math.max(4, Math.floor(area.rows / 3)) });
  const warnings = warningRows(view, { ...area, rows: area.rows < 16 ? 1 : Math.floor(area.rows / 5) });
  const room = area.rows - top.length - hosts.length - warnings.length;
  const wanted = instanceLines(view.state).length + 1;
  const forLog = room < LOG_FROM ? 0 : Math.max(Math.floor(room / 2), room - wanted);
  const instances = instanceRows(view, state, { ...area, rows: room - forLog });
  const log = logRows(view, { ...area, rows: Math.min(forLog, room - instances.length) });
  return [...top, ...(isSending ? [...hosts, ...instances] : [...instances, ...hosts]), ...warnings, ...log];
}

function headRows(view: RolloutView, { now }: UiState, area: Area): Row[] {
  const { state } = view;
  const { step, plan, phase } = state;
  const parts: Span[] = [span(' '), phaseSign(state.phase, { glyphs: area.glyphs, now })];
  if (step && !state.finished) {
    const share = (step.index - 1) / step.of;
    const cells = area.columns < 90 ? 10 : 24;
    parts.push(span(`  step ${step.index}/${step.of}  ${bar(share, cells, area.glyphs)}  ${step.title}`));
  }
  const since = state.startedAt;
  const ran = since === undefined ? '' : `${seconds((state.finished?.at ?? now) - since)} `;
  const what = plan === undefined ? '' : ` ${PLAN_WORDS[plan.kind]} ${plan.release.id}`;
  const subject = plan === undefined || plan.release.subject === '' ? '' : `  "${plan.release.subject}"`;
  const isSaid = state.reason === '' || view.outcome || phase === 'Paused' || phase === 'RollbackPaused';
  const reason = isSaid ? [] : [row(span(` ${state.reason}`, 'muted'))];
  return [
    spread(row(...parts), row(span(ran, 'muted')), area),
    row(span(what, 'strong'), span(subject, 'muted')),
    ...reason,
  ];
}

/** What is waited for, each with its time left first: that must never be cut off. */
function waitRows(state: UiState, view: RolloutView, area: Area): Row[] {
  const all = waits(view, state.now);
  const most = area.rows < 22 ? 2 : 5;
  const shown = all.slice(0, all.length > most ? most - 1 : most);
  const rows = shown.flatMap(({ what, leftMs }) => {
    const left = leftMs === undefined ? '' : `${countdown(leftMs)} left`;
    const lead = span(` ${pad(left === '' ? 'waiting' : left, LEFT_WIDTH)} `, 'busy');
    return paragraph(what, area, { lead, most: 2 });
  });
  const hidden = all.length - shown.length;
  const more = hidden > 0 ? [row(span(` ${pad('', LEFT_WIDTH)} and ${hidden} more`, 'muted'))] : [];
  return [...rows, ...more, row(span(` ${pad('you', LEFT_WIDTH)} `, 'muted'), ...powers(state, view))];
}

const LEFT_WIDTH = '10m00s left'.length;

const POWERS = ['approve', 'resume', 'retry', 'skip', 'pause', 'abort', 'rollback'] as const;

/** Who can act, and how. */
function powers(state: UiState, view: RolloutView): Span[] {
  if (state.quitting === 'whenPaused')
    return [span('slipway leaves once the instance in hand is done; q changes that', 'warn')];
  if (state.quitting === 'leaving') return [span('leaving; Ctrl-C does not wait for it', 'warn')];
  const asked = view.asked === undefined ? [] : [span(`${view.asked.type} is asked for; `, 'warn')];
  const bindings = bindingsOf('rollout');
  const keys = POWERS.filter((type) => type !== view.asked?.type).flatMap((type) => {
    const binding = bindings.find((one) => one.id === type);
    const isOpen = binding && binding.disabledReason?.(state) === undefined;
    return isOpen ? [span(binding.keys[0]!, 'key'), span(` ${binding.label}   `)] : [];
  });
  return [...asked, ...(keys.length === 0 ? [span('can only watch', 'muted')] : keys)];
}

/** How it ended and what to type next; undefined while it runs. */
function endRows(view: RolloutView, area: Area): Row[] | undefined {
  if (view.problem) return problemRows(view.problem, { ...area, rows: Math.floor(area.rows / 2) });
  const { outcome } = view;
  if (!outcome) return undefined;
  const style = outcome.exitCode === 0 ? 'ok' : outcome.exitCode === 4 ? 'warn' : 'bad';
  const sign = outcome.exitCode === 0 ? area.glyphs.ok : area.glyphs.warn;
  return [
    ...paragraph(outcome.message, area, { lead: span(` ${sign} `, style), style }),
    ...(outcome.next === undefined
      ? []
      : [row(span(` ${area.glyphs.arrow} next: `, 'muted'), span(outcome.next, 'strong'))]),
  ];
}

/** The newest warnings, with what mends them; as many as there is room for, none of them in halves. */
function warningRows(view: RolloutView, area: Area): Row[] {
  let shown: Row[] = [];
  for (const { host, message, mend } of view.state.warnings.toReversed()) {
    const text = `${host === undefined ? '' : `${host}: `}${message}`;
    const rows = paragraph(text, area, { lead: span(` ${area.glyphs.warn} `, 'warn'), style: 'warn' });
    if (mend !== undefined)
      rows.push(...paragraph(mend, area, { lead: span(`   ${area.glyphs.arrow} `), style: 'muted' }));
    if (shown.length > 0 && shown.length + rows.length > area.rows) break;
    shown = [...rows.slice(0, area.rows), ...shown];
  }
  return shown;
}
