import type { HistoryRecord } from '../host/records.ts';

/** What became of a rollout that had to do with a release. */
export interface Fate extends Pick<HistoryRecord, 'at' | 'by' | 'what' | 'outcome' | 'why' | 'rollout'> {
  /** `to`: the release was rolled out; `from`: another one took its place, or was meant to. */
  readonly way: 'to' | 'from';
}

/** Of each rollout that named the release, what became of it, newest first; the last word on a rollout counts. Pure. */
export function healthHistory(records: readonly HistoryRecord[], releaseId: string): readonly Fate[] {
  const naming = records.filter(({ release, from }) => release === releaseId || from === releaseId);
  const newestFirst = naming.sort((a, b) => b.at - a.at);
  const isLastWord = ({ rollout }: HistoryRecord, index: number) =>
    rollout === undefined || newestFirst.findIndex((one) => one.rollout === rollout) === index;
  return newestFirst.filter(isLastWord).map((record) => fate(record, releaseId));
}

function fate({ at, by, what, outcome, why, rollout, release }: HistoryRecord, releaseId: string): Fate {
  return { at, by, what, outcome, why, rollout, way: release === releaseId ? 'to' : 'from' };
}
