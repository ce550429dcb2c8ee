import { PLAN_WORDS, bar, phaseSign, seconds } from '../../components/signs.ts';
import { bindingsOf } from '../../keys/table.ts';
import type { RolloutView, UiState } from '../../state.ts';
import { paragraph } from '../../text/paragraph.ts';
import { type Area, type Row, type Span, row, rowWidth, span, spread } from '../../text/row.ts';
import { pad, width } from '../../text/width.ts';
import { countdown, waits } from './waits.ts';

/** In which phase it is, at which step, for how long, and what is rolled out. */
export function headRows(view: RolloutView, now: number, area: Area): Row[] {
  const { state } = view;
  const { step, plan, phase } = state;
  const parts: Span[] = [span(' '), phaseSign(phase, { glyphs: area.glyphs, now })];
  if (step && !state.finished) {
    const share = (step.index - 1) / step.of;
    const cells = area.columns < 90 ? 10 : 24;
    parts.push(span(`  step ${step.index}/${step.of}  ${bar(share, cells, area.glyphs)}  ${step.title}`));
  }
  const ran = ranFor(view, now);
  const what = plan === undefined ? '' : ` ${PLAN_WORDS[plan.kind]} ${plan.release.id}`;
  const subject = plan === undefined || plan.release.subject === '' ? '' : `  "${plan.release.subject}"`;
  const isSaid = state.reason === '' || view.outcome || phase === 'Paused' || phase === 'RollbackPaused';
  const reason = isSaid ? [] : [row(span(` ${state.reason}`, 'muted'))];
  return [
    spread(row(...parts), row(span(ran === undefined ? '' : `${ran} `, 'muted')), area),
    row(span(what, 'strong'), span(subject, 'muted')),
    ...reason,
  ];
}

/** How long it ran, or runs already. */
export function ranFor({ state }: RolloutView, now: number): string | undefined {
  return state.startedAt === undefined ? undefined : seconds((state.finished?.at ?? now) - state.startedAt);
}

/** What is waited for, each with its time left first, and who can act: that must never be cut off. */
export function waitRows(state: UiState, view: RolloutView, area: Area): Row[] {
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
  return [...rows, ...more, ...powerRows(state, view, area)];
}

const LEFT_WIDTH = '10m00s left'.length;

const POWERS = ['approve', 'resume', 'retry', 'skip', 'pause', 'abort', 'rollback'] as const;

/** Who can act, and how: every key that is open now, over as many rows as that takes. */
function powerRows(state: UiState, view: RolloutView, area: Area): Row[] {
  const lead = span(` ${pad('you', LEFT_WIDTH)} `, 'muted');
  if (state.quitting !== undefined) {
    const words = {
      whenPaused: 'slipway leaves once the instance in hand is done; q changes that',
      leaving: 'leaving; Ctrl-C does not wait for it',
    }[state.quitting];
    return paragraph(words, area, { lead, style: 'warn' });
  }
  const asked = view.asked === undefined ? [] : [[span(`${view.asked.type} is asked for`, 'warn')]];
  const keys = openKeys(state, view);
  const parts = [...asked, ...(keys.length === 0 ? [[span('can only watch', 'muted')]] : keys)];
  return wrapped(parts, lead, area);
}

function openKeys(state: UiState, view: RolloutView): readonly (readonly Span[])[] {
  const bindings = bindingsOf('rollout');
  return POWERS.filter((type) => type !== view.asked?.type).flatMap((type) => {
    const binding = bindings.find((one) => one.id === type);
    const isOpen = binding && binding.disabledReason?.(state) === undefined;
    return isOpen ? [[span(binding.keys[0]!, 'key'), span(` ${binding.label}`)]] : [];
  });
}

const APART = '   ';

/** Parts that are never broken, behind a lead; what does not fit any more goes below. */
function wrapped(parts: readonly (readonly Span[])[], lead: Span, { columns }: Area): Row[] {
  const rows: Row[] = [];
  let open: Row | undefined;
  for (const part of parts) {
    const longer = open && row(...open.spans, APART, ...part);
    if (longer && rowWidth(longer) <= columns) open = longer;
    else {
      if (open) rows.push(open);
      open = row(rows.length === 0 ? lead : pad('', width(lead.text)), ...part);
    }
  }
  return open ? [...rows, open] : rows;
}
