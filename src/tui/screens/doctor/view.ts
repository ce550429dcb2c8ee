import type { Check, Diagnosis, Verdict } from '../../../rollout/diagnosis.ts';
import { plural } from '../../../base/text.ts';
import { problemRows } from '../../components/problem.ts';
import { turning } from '../../components/signs.ts';
import type { Glyphs } from '../../glyphs.ts';
import type { UiState } from '../../state.ts';
import { paragraph } from '../../text/paragraph.ts';
import { type Area, blank, type Row, row, type Span, span } from '../../text/row.ts';
import { pad } from '../../text/width.ts';

const AREA_WIDTH = 'service'.length;

/** Everything that was looked at on every host, what is wrong with its mend; as long as it is, scrolled by the screen. */
export function diagnosisRows(state: UiState, area: Area): Row[] {
  const { diagnosis, reading, problem } = state.doctor;
  const busy = reading
    ? [
        row(
          span(` ${turning(area.glyphs, state.now)} looking at the way there, disks, tools, rights and clocks`, 'busy'),
        ),
      ]
    : [];
  const trouble = problem ? problemRows(problem, { ...area, rows: Math.floor(area.rows / 2) }) : [];
  if (!diagnosis) return [...busy, ...trouble];
  return [...busy, ...trouble, summaryRow(diagnosis, area), ...diagnosis.hosts.flatMap((host) => hostRows(host, area))];
}

function summaryRow({ hosts }: Diagnosis, { glyphs }: Area): Row {
  const all = hosts.flatMap(({ checks }) => checks);
  const count = (verdict: Verdict) => all.filter((check) => check.verdict === verdict).length;
  const told = (['bad', 'warning', 'unknown', 'ok'] as const).flatMap((verdict): Span[] =>
    count(verdict) === 0 ? [] : [signOf(verdict, glyphs), span(` ${count(verdict)} ${verdict}   `)],
  );
  return row(span(` ${plural(hosts.length, 'host')}   `, 'strong'), ...told);
}

function hostRows({ host, checks }: Diagnosis['hosts'][number], area: Area): Row[] {
  return [blank, row(span(` ${host}`, 'strong')), ...checks.flatMap((check) => checkRows(check, area))];
}

function checkRows({ area: about, verdict, what, mend, detail = [] }: Check, area: Area): Row[] {
  const sign = signOf(verdict, area.glyphs);
  const lead = span(`   ${sign.text} ${pad(about, AREA_WIDTH)}  `, sign.style);
  const indent = span(' '.repeat(7 + AREA_WIDTH));
  return [
    ...paragraph(what, area, { lead, style: verdict === 'ok' ? 'muted' : 'plain' }),
    ...detail.flatMap((line) => paragraph(line, area, { lead: indent, style: 'muted' })),
    ...(mend === undefined
      ? []
      : paragraph(mend, area, { lead: span(`${indent.text.slice(2)}${area.glyphs.arrow} `) })),
  ];
}

function signOf(verdict: Verdict, glyphs: Glyphs): Span {
  switch (verdict) {
    case 'ok':
      return span(glyphs.ok, 'ok');
    case 'warning':
      return span(glyphs.warn, 'warn');
    case 'bad':
      return span(glyphs.bad, 'bad');
    case 'unknown':
      return span(glyphs.unknown, 'warn');
  }
}
