import { plural } from '../../base/text.ts';
import type { Check, Diagnosis, Verdict } from '../../rollout/diagnosis.ts';
import { countVerdicts } from './doctor.ts';
import { are, sentence, sentences, toDo } from './speech.ts';

/** A diagnosis in sentences: how much is well on each host, then what is not, one by one, with what to do. */
export function doctorSentences(diagnosis: Diagnosis): readonly string[] {
  const { bad, warning, unknown } = countVerdicts(diagnosis);
  const isWell = bad + warning + unknown === 0;
  const counts = isWell ? 'all is well' : `${bad} bad, ${plural(warning, 'warning')}, ${unknown} not known`;
  return [
    ...diagnosis.hosts.flatMap(({ host, checks }) => hostSentences(host, checks)),
    sentence(`${plural(diagnosis.hosts.length, 'host')}: ${counts}`),
  ];
}

function hostSentences(host: string, checks: readonly Check[]): readonly string[] {
  const ill = checks.filter(({ verdict }) => verdict !== 'ok');
  const well = checks.length - ill.length;
  const count = ill.length === 0 ? `all ${well}` : `${well} of ${checks.length}`;
  return [sentence(`${host}: ${count} checks ${are(well)} well`), ...ill.map((one) => checkSentence(host, one))];
}

const VERDICTS: Readonly<Record<Verdict, string>> = {
  ok: 'Well',
  warning: 'Warning',
  bad: 'Bad',
  unknown: 'Not known',
};

function checkSentence(host: string, { area, verdict, what, mend, detail = [] }: Check): string {
  return sentences(`${VERDICTS[verdict]}: ${host}, ${area}: ${what}`, ...detail, toDo(mend));
}
