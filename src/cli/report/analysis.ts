import type { Finding } from '../../analysis/finding.ts';
import { chance, outcomeWord, times } from '../../analysis/finding-words.ts';
import type { Judged } from '../../analysis/watch.ts';
import { columns } from '../../base/columns.ts';

const HEAD = ['METRIC', 'RESULT', 'CANARY', 'BASELINE', 'N', 'P', 'RATIO', 'FAILS AT', 'WHY'] as const;

/** A look for people: one line while nothing is decided, then every metric with all that it takes to see why. */
export function lookLines({ role, canaries, baselines, look }: Judged): readonly string[] {
  const beside = baselines.length === 0 ? 'beside nothing' : `beside ${baselines.join(', ')}`;
  if (look.verdict === 'Running') return [`${role}: ${look.reason}${look.findings.flatMap(doubtOf).join('')}`];
  const table = columns([HEAD, ...look.findings.map(cellsOf)]);
  return [
    `${role}: ${look.verdict}: ${look.reason}`,
    `  ${canaries.join(', ')} ${beside}`,
    ...table.map((line) => `  ${line}`),
  ];
}

function doubtOf({ metric, outcome, canary, baseline, why }: Finding): readonly string[] {
  return outcome === 'pass' || outcome === 'noData' ? [] : [`; ${metric}: ${canary} beside ${baseline}, ${why}`];
}

function cellsOf(finding: Finding): readonly string[] {
  const { metric, canary, baseline, n, threshold, why } = finding;
  const judged = [chance(finding), times(finding), threshold, why];
  return [metric, outcomeWord(finding), canary, baseline, n.join('/'), ...judged];
}
