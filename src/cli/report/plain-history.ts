import { outcomeWords } from '../../rollout/outcome-words.ts';
import type { HistoryRecord } from '../../host/records.ts';
import { sentence, sentences, spokenRelease } from './speech.ts';

/** The audit trail, newest first, each record in a line. */
export function historySentences(records: readonly HistoryRecord[]): readonly string[] {
  if (records.length === 0) return ['Nothing has been changed yet.'];
  return records.map(({ at, by, what, release, outcome, why }) => {
    const of = release === undefined ? '' : ` of ${spokenRelease(release)}`;
    return sentences(
      `${whenWords(at)}, ${by}: ${what}${of}, ${outcomeWords(outcome)}`,
      why === undefined ? '' : sentence(why),
    );
  });
}

/** "2026-11-21 at 11:42 UTC" */
function whenWords(at: number): string {
  const [date, time = ''] = new Date(at).toISOString().split('T');
  return `${date} at ${time.slice(0, 5)} UTC`;
}
