import { leadOf, windowStart } from '../../layout.ts';
import type { RolloutView, UiState } from '../../state.ts';
import { type Area, type Row, type Span, selectedIf, span } from '../../text/row.ts';
import { cut, pad, width } from '../../text/width.ts';
import { lastProbe } from './probes.ts';
import { hasFailed, whyFailed } from './select.ts';
import { standOf } from './stand.ts';
import { stepGlyph, stepNews, stepTime, stepWords } from './step.ts';
import { STRIP_CELLS, standGlyph, strip, styleOf, word, WORD_CELLS } from './strip.ts';
import { cursorIndex, type TreeLine, treeLines } from './tree.ts';
import { countdown, deadlineLeft } from './waits.ts';

/** The steps of the plan with their instances, as much as there is room for around the cursor. */
export function treeRows(state: UiState, view: RolloutView, area: Area): Row[] {
  const lines = treeLines(state, view);
  if (area.rows < 1 || lines.length === 0) return [];
  const cursor = cursorIndex(view, lines);
  const start = windowStart(Math.max(0, cursor), lines.length, area.rows);
  const shown = lines.slice(start, start + area.rows);
  const list = { start, shown: shown.length, length: lines.length, glyphs: area.glyphs };
  const look: Look = { view, area, now: state.now, ...cellsFor(view, shown, area) };
  return shown.map((line, offset) => {
    const index = start + offset;
    const lead = span(leadOf(index, cursor < 0 ? undefined : cursor, list));
    const spans = line.type === 'step' ? stepSpans(line, look) : instanceSpans(line, look);
    const isSelected = index === cursor && view.cursor !== undefined;
    return selectedIf(isSelected, { spans: [lead, ...spans], selected: false });
  });
}

interface Look {
  readonly view: RolloutView;
  readonly area: Area;
  readonly now: number;
  /** Cells of the numbers of steps, of names with what they hang on, and of what is left behind the phase. */
  readonly number: number;
  readonly name: number;
  readonly tail: number;
}

const LEAD_CELLS = 3;
const GLYPH_CELLS = 2;
const BRANCH_CELLS = 2;
const GAP = 2;
const TIME_CELLS = '10m00s left'.length + 1;
const LEAST_NAME = 10;
const MOST_NAME = 40;
const LEAST_TAIL = 12;

/** The phase and the time are never cut: the name gives way. */
function cellsFor(
  view: RolloutView,
  shown: readonly TreeLine[],
  { columns }: Area,
): Pick<Look, 'number' | 'name' | 'tail'> {
  const number = String(view.outline.steps.length).length + 1;
  const names = shown.map((line) =>
    line.type === 'instance' ? width(span(line.key).text) + (line.branch === 'only' ? 0 : BRANCH_CELLS) : 0,
  );
  const fixed = LEAD_CELLS + number + GLYPH_CELLS + GAP + STRIP_CELLS + 1 + WORD_CELLS + TIME_CELLS;
  const room = Math.max(LEAST_NAME, columns - fixed);
  const name = Math.min(room, MOST_NAME, Math.max(LEAST_NAME, ...names));
  return { number, name, tail: Math.max(0, columns - fixed - name) };
}

function instanceSpans({ key, at, branch }: Extract<TreeLine, { type: 'instance' }>, look: Look): Span[] {
  const { view, area, now } = look;
  const { glyphs } = area;
  const stand = standOf(view, key);
  const hangs = { only: '', more: `${glyphs.branchMore} `, last: `${glyphs.branchLast} ` }[branch];
  const name = pad(cut(span(key).text, look.name - width(hangs), glyphs.ellipsis), look.name - width(hangs));
  return [
    numberSpan(branch === 'only' ? at.index : undefined, look),
    span(hangs, 'muted'),
    standGlyph(stand, { glyphs, now }),
    span(` ${name}${' '.repeat(GAP)}`),
    span(`${strip(stand, glyphs)} `, styleOf(stand)),
    span(pad(word(stand), WORD_CELLS), styleOf(stand)),
    ...tailSpans(key, look),
    timeSpan(instanceTime(key, branch === 'only' ? at : undefined, look)),
  ];
}

/** Why it has failed, else the newest answer of what is being proved, else how far its proof goes. */
function tailSpans(id: string, { view, area, tail }: Look): Span[] {
  if (tail < LEAST_TAIL) return [span(' '.repeat(tail))];
  const room = tail - GAP;
  const { proof = '' } = view.state.instances[id] ?? {};
  const probe = lastProbe(view, id, area.glyphs);
  const proved = probe.text === '' ? span(proof, proof === 'unproven' ? 'warn' : 'muted') : probe;
  const said = hasFailed(view, id) ? span(whyFailed(view, id), 'bad') : proved;
  return [span(' '.repeat(GAP)), { ...said, text: pad(cut(said.text, room, area.glyphs.ellipsis), room) }];
}

function instanceTime(id: string, at: TreeLine['at'] | undefined, { view, now }: Look): Span {
  const left = deadlineLeft(view, id, now);
  if (left !== undefined) return span(`${countdown(left)} left`, 'busy');
  return at ? stepTime(view, at, now) : span('');
}

function stepSpans({ at, isOpen }: Extract<TreeLine, { type: 'step' }>, look: Look): Span[] {
  const { view, area, now } = look;
  const { glyphs } = area;
  const fold = at.instances.length === 0 ? '' : isOpen ? ' [-]' : ' [+]';
  const title = `${stepWords(at.step, at.instances.length)}${fold}`;
  const time = stepTime(view, at, now);
  const room = area.columns - LEAD_CELLS - look.number - GLYPH_CELLS - width(time.text) - 1;
  const style = view.state.step?.index === at.index + 1 ? 'strong' : 'plain';
  const text = cut(span(title).text, room, glyphs.ellipsis);
  return [
    numberSpan(at.step && at.index, look),
    stepGlyph(view, at, { glyphs, now }),
    span(` ${text}`, style),
    ...within(stepNews(view, at), room - width(text), glyphs.ellipsis),
    { ...time, text: ` ${time.text}` },
  ];
}

/** The parts behind a gap, in exactly so many cells. */
function within(parts: readonly Span[], cells: number, ellipsis: string): Span[] {
  const fitted: Span[] = [];
  let room = cells;
  for (const part of parts.length === 0 || cells < 8 ? [] : [span(' '.repeat(GAP)), ...parts]) {
    const text = cut(part.text, room, ellipsis);
    fitted.push({ ...part, text });
    room -= width(text);
  }
  return [...fitted, span(' '.repeat(Math.max(0, room)))];
}

function numberSpan(index: number | undefined, { number }: Look): Span {
  return span(pad(index === undefined ? '' : String(index + 1), number), 'muted');
}

function timeSpan({ text, style }: Span): Span {
  return { text: pad(text, TIME_CELLS, 'left'), style };
}
