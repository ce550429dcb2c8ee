import type { Finding } from '../../analysis/finding.ts';
import type { Judged } from '../../analysis/watch.ts';
import { sentence, sentences, spokenInstances } from './speech.ts';

const VERDICTS: Readonly<Record<Exclude<Judged['look']['verdict'], 'Running'>, string>> = {
  Successful: 'the new instances are as good as the others',
  Failed: 'the new instances are worse than the others',
  Inconclusive: 'too little is known of the new instances',
  Error: 'the new instances could not be judged',
};

/** A look as sentences: one while nothing is decided, then one for every metric besides. */
export function lookSentences({ role, canaries, baselines, look }: Judged): readonly string[] {
  if (look.verdict === 'Running') {
    return [sentence([`${role}: ${look.reason}`, ...look.findings.flatMap(doubtOf)].join('; '))];
  }
  const beside = baselines.length === 0 ? 'nothing' : spokenInstances(baselines);
  return [
    sentences(
      `${role}: ${VERDICTS[look.verdict]}: ${look.reason}`,
      `Compared: ${spokenInstances(canaries)} with ${beside}`,
    ),
    ...look.findings.map(findingWords).map(sentence),
  ];
}

/** Looks of a rollout: what says the same as the one before is not said again. */
export function createLookWords(): (judged: Judged) => readonly string[] {
  const told = new Map<string, string>();
  return (judged) => {
    const words = lookSentences(judged);
    const said = words.join(' ');
    if (told.get(judged.role) === said) return [];
    told.set(judged.role, said);
    return words;
  };
}

function doubtOf({ metric, outcome, canary, baseline, why }: Finding): readonly string[] {
  if (outcome === 'pass' || outcome === 'noData') return [];
  return [`${metric} is ${canary} on the new ones and ${baseline} on the others, ${why}`];
}

const OUTCOMES: Readonly<Record<Finding['outcome'], string>> = {
  pass: 'is good',
  fail: 'fails',
  doubtful: 'is in doubt',
  noData: 'is not known',
};

function findingWords({ metric, outcome, canary, baseline, n, p, ratio, threshold, why }: Finding): string {
  if (outcome === 'noData') return `${metric} ${OUTCOMES[outcome]}: ${why}`;
  const times = ratio === undefined ? '' : `, ${ratio.toFixed(1)} times as much`;
  const chance = p === undefined ? '' : `; the chance of that is ${p < 0.0001 ? 'less than 0.0001' : p.toPrecision(2)}`;
  return `${metric} ${OUTCOMES[outcome]}: ${canary} on the new ones and ${baseline} on the others${times}, from ${n[0]} and ${n[1]} values${chance}; it fails at ${threshold}; ${why}`;
}
