import type { HistoryRecord } from '../../../host/records.ts';
import { outcomeWords } from '../../../rollout/outcome-words.ts';
import type { RolloutEvent } from '../../../rollout/events.ts';
import { type Arrival, wordOn } from './ring.ts';

/** What was done to the stage, as a line among the others: who, what, how it ended. */
export function markOf({ at, by, what, release, outcome }: HistoryRecord): Arrival {
  const subject = release === undefined ? '' : ` of ${release}`;
  return wordOn({ kind: 'mark', source: '', t: at, text: `${what}${subject} by ${by}: ${outcomeWords(outcome)}` });
}

/** An instance that was switched to another release just now; undefined for any other event. */
export function switchOf(event: RolloutEvent, now: number): Arrival | undefined {
  if (event.type !== 'instance.state' || event.state !== 'switched' || event.release === undefined) return undefined;
  return wordOn({
    kind: 'mark',
    source: event.instance,
    t: now,
    text: `${event.instance} was switched to ${event.release}`,
  });
}

/** Lines in the order of their times, with the marks that belong before each of them; those are taken out of `marks`. */
export function withMarks(lines: readonly Arrival[], marks: Arrival[]): readonly Arrival[] {
  if (marks.length === 0) return lines;
  return lines.flatMap((line) => {
    const older = marks.findIndex(({ t }) => t > line.t);
    return [...marks.splice(0, older === -1 ? marks.length : older), line];
  });
}
