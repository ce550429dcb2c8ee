import { releaseOf } from '../../../rollout/progress.ts';
import { stepTitle } from '../../../rollout/step-title.ts';
import { rule } from '../../components/rule.ts';
import type { RolloutView, UiState } from '../../state.ts';
import { paragraph } from '../../text/paragraph.ts';
import { shortRelease } from '../../text/release.ts';
import { type Area, type Row, row, rowWidth, span } from '../../text/row.ts';
import { evidenceRows, shownEvidence } from './evidence.ts';
import { logRows } from './log-pane.ts';
import { healthyText, leftText, probeRow } from './probes.ts';
import { hasFailed, subject, whyFailed } from './select.ts';
import { standOf } from './stand.ts';
import { stepNews } from './step.ts';
import { strip, styleOf, word } from './strip.ts';
import { chosenLine, type TreeLine } from './tree.ts';

/** With fewer rows the evidence has them all: how an instance stands is told by the tree, too. */
const SCARCE = 14;

/** All about the chosen line, else about the instance at work: how it stands, its probes, and its log or why it failed. */
export function detailRows(state: UiState, view: RolloutView, area: Area): Row[] {
  if (area.rows < 1) return [];
  const line = chosenLine(state, view);
  const failed = shownEvidence(view);
  // the log, or the evidence, has two thirds of what is scarce
  const rows = failed !== undefined && area.rows < SCARCE ? 0 : Math.max(2, Math.floor(area.rows / 3));
  const most = { ...area, rows };
  const facts = line?.type === 'step' ? stepFacts(view, line, most) : instanceFacts(view, state.now, most);
  const shown = facts.slice(0, rows);
  const below = { ...area, rows: area.rows - shown.length };
  return [...shown, ...(failed === undefined ? logRows(view, below) : evidenceRows(view, failed, below))];
}

/** How it stands is told by the tree, too: where not all fits, that leaves. */
function instanceFacts(view: RolloutView, now: number, area: Area): Row[] {
  const id = subject(view);
  if (id === undefined) return [];
  const probes = probeRow(view, id, area);
  const why = hasFailed(view, id) ? whyFailed(view, id) : '';
  const lead = span(` ${area.glyphs.bad} `, 'bad');
  const facts = [
    ...(why === '' ? [] : paragraph(why, area, { lead, style: 'bad', most: 2 })),
    ...(probes ? [probes] : []),
  ];
  const stand = facts.length + 2 > area.rows && facts.length > 0 ? [] : [standRow(view, id, { ...area, now })];
  return [rule(area, id), ...stand, ...facts];
}

/** How it stands, how long it is healthy, how much time is left, and what it runs; what does not fit is left out. */
function standRow(view: RolloutView, id: string, { columns, glyphs, now }: Area & { now: number }): Row {
  const stand = standOf(view, id);
  const runs = releaseOf(view.state, id);
  const before = view.outline.places.get(id)?.planned?.from;
  const isOther = before !== undefined && before !== runs;
  const parts = [
    span(` ${strip(stand, glyphs)} ${word(stand)}`, styleOf(stand)),
    span(healthyText(view, id, glyphs)),
    span(leftText(view, id, now), 'busy'),
    span(view.state.instances[id]?.proof === 'unproven' ? 'unproven' : '', 'warn'),
    span(runs === undefined ? 'runs nothing' : `runs ${shortRelease(runs)}`, 'muted'),
    span(isOther ? `before ${shortRelease(before)}` : '', 'muted'),
  ];
  return parts.reduce((sofar, part) => {
    if (part.text === '') return sofar;
    const longer = row(...sofar.spans, sofar.spans.length === 0 ? '' : '  ', part);
    return rowWidth(longer) > columns ? sofar : longer;
  }, row());
}

function stepFacts(view: RolloutView, { at }: Extract<TreeLine, { type: 'step' }>, area: Area): Row[] {
  const { step, index, instances } = at;
  const title = step === undefined ? 'left as they are' : `step ${index + 1} of ${view.state.plan?.steps.length ?? 0}`;
  const what = step === undefined ? instances.join(', ') : stepTitle(step);
  const news = [...stepNews(view, at)];
  return [rule(area, title), ...paragraph(what, area, { most: 3 }), ...(news.length === 0 ? [] : [row(' ', ...news)])];
}
