import { EVIDENCE_PARTS, type EvidencePart } from '../../../host/evidence.ts';
import type { InstanceEvidence } from '../../../rollout/evidence.ts';
import { plural } from '../../../base/text.ts';
import { readable } from '../../../logs/readable.ts';
import { rule } from '../../components/rule.ts';
import type { RolloutView } from '../../state.ts';
import { paragraph } from '../../text/paragraph.ts';
import { type Area, type Row, row, span } from '../../text/row.ts';
import { cut, pad } from '../../text/width.ts';
import { chosen, followed, hasFailed, subject } from './select.ts';

/** The instance whose evidence is shown; undefined while its log is. */
export function shownEvidence(view: RolloutView): string | undefined {
  const id = subject(view);
  if (id === undefined || view.state.evidence[id] === undefined) return undefined;
  const what = view.shows ?? (hasFailed(view, id) ? 'evidence' : 'log');
  return what === 'evidence' ? id : undefined;
}

/**
 * What was gathered of an instance that has failed. Facts first, then as many of its newest lines as there is room for;
 * scrolled up, all of it, line by line.
 */
export function evidenceRows(view: RolloutView, id: string, area: Area): Row[] {
  const rows = area.rows - 1;
  if (rows < 1) return [];
  const told = view.state.evidence[id] ?? {};
  const { facts, log } = evidenceLines(told, area);
  const all = [...facts, ...log];
  const title = `why ${id} failed${hint(view)}`;
  const bottom = view.evidenceBottom === undefined ? undefined : Math.min(view.evidenceBottom, all.length - 1) + 1;
  const shown =
    bottom === undefined ? newest(facts, log, rows) : all.slice(Math.max(0, bottom - rows), Math.max(bottom, rows));
  return [rule(area, title), ...shown];
}

function hint({ pane, evidenceBottom }: RolloutView): string {
  if (evidenceBottom !== undefined) return ' (End shows the newest)';
  return pane === 'detail' ? ' (arrows scroll, b shows its log)' : ' (b shows its log, Tab scrolls)';
}

/** A third of the room at least is for its last words. */
function newest(facts: readonly Row[], log: readonly Row[], rows: number): Row[] {
  if (facts.length + log.length <= rows) return [...facts, ...log];
  const forLog = Math.min(log.length, Math.max(Math.ceil(rows / 3), rows - facts.length));
  const above = log.length - forLog + 1;
  const more = row(leadOf('log', 0), span(`${plural(above, 'more line')} above`, 'muted'));
  return [...facts.slice(0, rows - forLog), ...(above > 1 ? [more] : []), ...log.slice(above > 1 ? above : 0)];
}

export function evidenceLength(view: RolloutView, id: string, area: Area): number {
  const { facts, log } = evidenceLines(view.state.evidence[id] ?? {}, area);
  return facts.length + log.length;
}

const LEAD_CELLS = 'response'.length + 2;

function evidenceLines(told: InstanceEvidence, area: Area): { facts: readonly Row[]; log: readonly Row[] } {
  const parts = EVIDENCE_PARTS.filter((part) => part !== 'log');
  const facts = parts.flatMap((part) =>
    (told[part] ?? []).flatMap((line, index) => factRows(part, { line, index }, area)),
  );
  const log = logText(told.log ?? []).map((line, index) => {
    const text = cut(span(line).text, area.columns - LEAD_CELLS - 2, area.glyphs.ellipsis);
    return row(leadOf('log', index), span(text, 'muted'));
  });
  return { facts, log };
}

/** Read once, and not for every frame. */
const READ = new WeakMap<readonly string[], readonly string[]>();

function logText(lines: readonly string[]): readonly string[] {
  const read = READ.get(lines) ?? readable(lines);
  READ.set(lines, read);
  return read;
}

function factRows(part: EvidencePart, { line, index }: { line: string; index: number }, area: Area): Row[] {
  const style = part === 'exit' || part === 'response' ? 'bad' : 'plain';
  return paragraph(span(line).text, area, { lead: leadOf(part, index), style, most: 4 });
}

function leadOf(part: EvidencePart, index: number) {
  return span(` ${pad(index === 0 ? part : '', LEAD_CELLS)}`, 'muted');
}

/** Why there is nothing to toggle; undefined when there is. */
export function noEvidence(view: RolloutView): string | undefined {
  const id = chosen(view) ?? followed(view);
  if (id === undefined) return 'there is no instance';
  return view.state.evidence[id] === undefined ? `nothing was gathered of ${id}: it has not failed` : undefined;
}
