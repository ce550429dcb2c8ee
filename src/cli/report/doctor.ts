import { plural } from '../../base/text.ts';
import { AREAS, type Check, type Diagnosis, type Verdict } from '../../rollout/diagnosis.ts';

const SIGNS: Readonly<Record<Verdict, string>> = { ok: '✓', warning: '!', bad: '✗', unknown: '?' };

const widest = (words: readonly string[]) => Math.max(...words.map(({ length }) => length));
const VERDICT_WIDTH = widest(Object.keys(SIGNS));
const AREA_WIDTH = widest(AREAS);

/** A diagnosis for people: by host, a line for all that was looked at, the mend beneath it; then how much is bad. */
export function doctorLines(diagnosis: Diagnosis): readonly string[] {
  return [
    ...diagnosis.hosts.flatMap(({ host, checks }) => [host, ...checks.flatMap(checkLines), '']),
    summary(diagnosis),
  ];
}

function checkLines({ area, verdict, what, mend, detail = [] }: Check): readonly string[] {
  return [
    `  ${SIGNS[verdict]} ${verdict.padEnd(VERDICT_WIDTH)}  ${area.padEnd(AREA_WIDTH)}  ${what}`,
    ...detail.map((line) => `      ${line}`),
    ...(mend === undefined ? [] : [`    → ${mend}`]),
  ];
}

export function countVerdicts({ hosts }: Diagnosis): Readonly<Record<Verdict, number>> {
  const all = hosts.flatMap(({ checks }) => checks);
  const count = (verdict: Verdict) => all.filter((check) => check.verdict === verdict).length;
  return { ok: count('ok'), warning: count('warning'), bad: count('bad'), unknown: count('unknown') };
}

function summary(diagnosis: Diagnosis): string {
  const { bad, warning, unknown } = countVerdicts(diagnosis);
  const hosts = plural(diagnosis.hosts.length, 'host');
  if (bad + warning + unknown === 0) return `All is well on ${hosts}.`;
  return `${hosts}: ${bad} bad, ${plural(warning, 'warning')}, ${unknown} not known.`;
}
