import type { Finding, Outcome } from '../../../analysis/finding.ts';
import { chance, outcomeWord, times } from '../../../analysis/finding-words.ts';
import type { Look, Verdict } from '../../../analysis/verdict.ts';
import type { RoleLook } from '../../../rollout/progress.ts';
import { rule } from '../../components/rule.ts';
import { age, turning } from '../../components/signs.ts';
import type { RolloutView } from '../../state.ts';
import { paragraph } from '../../text/paragraph.ts';
import { type Area, type Row, row, span, spread } from '../../text/row.ts';
import { type Column, columnWidths, tableRow, titleRow } from '../../text/table.ts';
import type { Glyphs, Style } from '../../theme.ts';
import { localTime } from './select.ts';
import { sparkRows } from './spark-rows.ts';

/** How canaries do beside the others: the verdict, what was measured as lines, every metric with its numbers, and why. */
export function analysisRows(view: RolloutView, now: number, area: Area): Row[] {
  if (area.rows < 2) return [];
  const roles = view.history.series?.watched.roles.map(({ role }) => role) ?? Object.keys(view.state.looks);
  const room = Math.floor((area.rows - 1) / Math.max(1, roles.length));
  const rows = roles.flatMap((role) => roleRows(view, { role, now }, { ...area, rows: Math.max(2, room) }));
  return [rule(area, 'canary beside the others'), ...rows].slice(0, area.rows);
}

function roleRows(view: RolloutView, { role, now }: { role: string; now: number }, area: Area): Row[] {
  const look = view.state.looks[role];
  const sides = view.history.series?.roles[role];
  if (!look) {
    const waiting = row(span(` ${role}: `), span('nothing was judged yet', 'muted'));
    return [waiting, ...(sides ? sparkRows(sides, area) : [])].slice(0, area.rows);
  }
  const { findings } = look.look;
  const reason = reasonRows(look.look, area);
  const shown = told(findings, area.rows - 1 - reason.length);
  const head = [verdictRow(view, look, { ...area, now, shown: shown.length }), ...reason];
  const table = tableRows(shown, area);
  const sparks = sides && area.rows - head.length - table.length >= 2 ? sparkRows(sides, area) : [];
  const left = area.rows - head.length - table.length - sparks.length;
  return [...head, ...sparks, ...table, ...whyRows(findings, { ...area, rows: left })].slice(0, area.rows);
}

/** Rows that lines over time take, and a word on why something is not well. */
const LINES_ROWS = 2;
const WHY_ROWS = 1;

/** The findings that there is room for: what is not well always, what passes as far as it goes. */
function told(findings: readonly Finding[], rows: number): readonly Finding[] {
  const unwell = findings.filter(({ outcome }) => outcome === 'fail' || outcome === 'doubtful').length;
  const room = rows - 1 - (unwell === 0 ? 0 : WHY_ROWS);
  // lines over time are worth a metric that passes or two, not most of them
  const beside = room - LINES_ROWS >= findings.length / 2 ? room - LINES_ROWS : room;
  return beside >= findings.length
    ? findings
    : ranked(findings).slice(0, Math.max(beside, Math.min(unwell, rows - 1), 0));
}

// prettier-ignore
const VERDICTS: Readonly<Record<Verdict, readonly [keyof Omit<Glyphs, 'spinner' | 'heights'> | 'spinner', Style]>> = {
  Running: ['spinner', 'busy'], Successful: ['ok', 'ok'], Failed: ['bad', 'bad'],
  Inconclusive: ['unknown', 'warn'], Error: ['warn', 'warn'],
};

function verdictRow(view: RolloutView, told: RoleLook, area: Area & { now: number; shown: number }): Row {
  const { role, look, canaries, baselines, at } = told;
  const [glyph, style] = VERDICTS[look.verdict];
  const sign = glyph === 'spinner' ? turning(area.glyphs, area.now) : area.glyphs[glyph];
  const beside =
    baselines.length === 0 ? 'nothing' : baselines.length > 2 ? `${baselines.length} others` : baselines.join(', ');
  const since = age(area.now - localTime(view, { source: 'controller', t: at }));
  const all = look.findings.length;
  const count = area.shown < all ? `${area.shown} of ${all} metrics, ` : '';
  const who = `  ${canaries.length > 2 ? `${canaries.length} canaries` : canaries.join(', ')} beside ${beside}`;
  return spread(
    row(span(` ${sign} ${look.verdict}`, style), span(`  ${role}`, 'strong'), span(who, 'muted')),
    row(span(`${count}looked ${since === 'now' ? since : `${since} ago`} `, 'muted')),
    area,
  );
}

/** While it is watched there is no reason yet. */
function reasonRows({ verdict, reason }: Look, area: Area): Row[] {
  if (verdict === 'Running') return [];
  return paragraph(reason, area, { lead: span('   '), style: VERDICTS[verdict][1], most: 2 });
}

const COLUMNS: readonly Column[] = [
  { title: 'METRIC', min: 13, max: 16, drop: 0 },
  { title: 'RESULT', min: 10, drop: 0 },
  { title: 'CANARY', min: 8, max: 20, drop: 0 },
  { title: 'BASELINE', min: 8, max: 20, drop: 0 },
  { title: 'RATIO', min: 5, drop: 1 },
  { title: 'N', min: 6, drop: 3 },
  { title: 'P', min: 7, drop: 2 },
  { title: 'FAILS AT', min: 24, max: 48, drop: 4 },
];

// prettier-ignore
const OUTCOMES: Readonly<Record<Outcome, readonly [keyof Omit<Glyphs, 'spinner' | 'heights'>, Style]>> = {
  pass: ['ok', 'ok'], fail: ['bad', 'bad'], doubtful: ['unknown', 'warn'], noData: ['dash', 'muted'],
};

function tableRows(shown: readonly Finding[], area: Area): Row[] {
  if (shown.length === 0) return [];
  const cells = shown.map((finding) => cellsOf(finding, area.glyphs));
  const widths = columnWidths(COLUMNS, cells, area.columns - 2);
  const layout = { widths, ellipsis: area.glyphs.ellipsis, lead: ' ' };
  return [titleRow(COLUMNS, layout), ...cells.map((line) => tableRow(line, layout))];
}

function cellsOf(finding: Finding, glyphs: Glyphs) {
  const { metric, outcome, canary, baseline, n, threshold } = finding;
  const [glyph, style] = OUTCOMES[outcome];
  return [
    span(metric),
    span(`${glyphs[glyph]} ${outcomeWord(finding)}`, style),
    span(canary, outcome === 'fail' ? 'strong' : 'plain'),
    span(baseline),
    span(times(finding)),
    span(n.join('/'), 'muted'),
    span(chance(finding)),
    span(threshold, 'muted'),
  ];
}

const ORDER: readonly Outcome[] = ['fail', 'doubtful', 'noData', 'pass'];

function ranked(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((a, b) => ORDER.indexOf(a.outcome) - ORDER.indexOf(b.outcome));
}

/** Why each says what it says: those first that are not well. */
function whyRows(findings: readonly Finding[], area: Area): Row[] {
  const rows = ranked(findings).flatMap(({ metric, why, threshold, outcome }) => {
    const [, style] = OUTCOMES[outcome];
    const lead = span(` ${metric}: `, outcome === 'pass' ? 'muted' : style);
    return paragraph(`${why} (fails at ${threshold})`, area, { lead, style: 'muted' });
  });
  return rows.slice(0, Math.max(0, area.rows));
}
