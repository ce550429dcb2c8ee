import type { Diagnosis } from '../../rollout/diagnosis.ts';
import { type CliContext, sayJson, speak } from '../context.ts';
import { openStage } from '../open.ts';
import { countVerdicts, doctorLines } from '../report/doctor.ts';
import { doctorSentences } from '../report/plain-doctor.ts';
import type { ListFlags } from './status.ts';

/** Exit 3 when something is bad: a warning, or what could not be looked at, stops nobody. */
export async function doctor(context: CliContext, stage: string, flags: ListFlags): Promise<number> {
  const session = await openStage(context, stage, flags);
  try {
    const diagnosis = await session.diagnose();
    const exitCode = countVerdicts(diagnosis).bad > 0 ? 3 : 0;
    if (flags.json) jsonLines(stage, diagnosis, exitCode).forEach((line) => sayJson(context, line));
    else speak(context, { lines: () => doctorLines(diagnosis), sentences: () => doctorSentences(diagnosis) });
    return exitCode;
  } finally {
    await session.close();
  }
}

function jsonLines(stage: string, diagnosis: Diagnosis, exitCode: number): readonly object[] {
  return [
    ...diagnosis.hosts.flatMap(({ host, checks }) => checks.map((check) => ({ v: 1, type: 'check', host, ...check }))),
    { v: 1, type: 'result', stage, exitCode, ...countVerdicts(diagnosis) },
  ];
}
