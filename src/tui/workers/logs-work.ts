import { formatDuration } from '../../base/duration.ts';
import { list } from '../../base/text.ts';
import { instanceOf } from '../../logs/names.ts';
import type { LogRecord } from '../../logs/record.ts';
import type { LogNotice } from '../../logs/stream.ts';
import type { RolloutEvent } from '../../rollout/events.ts';
import type { StageSession } from '../../rollout/session.ts';
import type { Action } from '../actions.ts';
import { markOf, switchOf, withMarks } from '../screens/logs/marks.ts';
import { type Arrival, wordOn } from '../screens/logs/ring.ts';
import { createOlderLogs } from './older-logs.ts';
import type { UiState } from '../state.ts';
import { createRetries } from './retries.ts';
import { saveLogs } from './save-logs.ts';
import type { Surroundings } from './workers.ts';

/** What lies over the logs for a moment: they are still looked at. */
const OVER: ReadonlySet<string> = new Set(['logLine', 'help', 'messages']);

/** Lines of each source that come first. */
const LAST = 200;

/** Changes of the stage that are marked among the lines. */
const CHANGES = 20;

/** Follows the logs of all instances for as long as somebody looks at them. */
export function createLogsWork(surroundings: Surroundings) {
  const { store, session, clock } = surroundings;
  let open: { readonly of: unknown; readonly session: unknown; readonly ends: AbortController } | undefined;
  const { retried, retry } = createRetries();
  const older = createOlderLogs(surroundings);

  const stop = () => {
    open?.ends.abort();
    open = undefined;
  };
  const start = (of: unknown) => {
    const from = session();
    if (!from) return;
    const ends = new AbortController();
    open = { of, session: from, ends };
    const lane = createLane((lines) => {
      if (!ends.signal.aborted && lines.length > 0) store.post({ type: 'linesArrived', lines });
    });
    void changes(from).then(lane.open);
    void from.logs({
      start: { type: 'last', count: LAST },
      follow: 'follow',
      signal: ends.signal,
      onRecords: (records) => lane.lines(records.map(arrivalOf)),
      onNotice: (notice) => lane.words(wordsOf(notice, clock.now())),
      retried,
    });
  };

  const switched = (events: readonly RolloutEvent[]) => {
    const lines = events.flatMap((event) => switchOf(event, clock.now()) ?? []);
    if (lines.length > 0) store.post({ type: 'linesArrived', lines });
  };

  return {
    stop,
    hear: (action: Action) => {
      if (action.type === 'saveLogs') void saveLogs(surroundings);
      if (action.type === 'olderLogs') void older();
      if (action.type === 'rolloutEvents' && open) switched(action.events);
      if (action.type === 'retryLogs') retry();
      const wanted = wantedBy(store.get());
      if (open && wanted === open.of && session() === open.session) return;
      stop();
      if (wanted) start(wanted);
    },
  };
}

/** What was done to the stage of late, oldest first. */
async function changes(from: StageSession): Promise<Arrival[]> {
  const { records } = await from.history(CHANGES).catch(() => ({ records: [] }));
  return records.map(markOf).reverse();
}

/** Lines wait until it is known what was done between them, so that all stays in order. */
function createLane(pass: (lines: readonly Arrival[]) => void) {
  let marks: Arrival[] | undefined;
  const waiting: (() => void)[] = [];
  const inTurn = (work: () => void) => {
    if (marks) work();
    else waiting.push(work);
  };
  return {
    open: (known: Arrival[]) => {
      marks = known;
      waiting.splice(0).forEach((work) => work());
    },
    lines: (lines: readonly Arrival[]) => inTurn(() => pass(withMarks(lines, marks!))),
    words: (lines: readonly Arrival[]) => inTurn(() => pass(lines)),
  };
}

function arrivalOf(record: LogRecord): Arrival {
  return { ...record, kind: 'line' };
}

/** A word for each instance it is about, of which the first says it. */
function wordsOf(notice: LogNotice, t: number): readonly Arrival[] {
  const { host, instances } = notice;
  const names = list(instances.map(instanceOf));
  const [source = ''] = instances;
  switch (notice.type) {
    case 'opened': {
      if (!notice.offset.isLarge) return [];
      const { ms } = notice.offset;
      const off = `${formatDuration(Math.abs(ms))} ${ms < 0 ? 'ahead' : 'behind'}`;
      return [wordOn({ kind: 'gap', source, t, text: `${host}: its clock is ${off}; times are corrected` })];
    }
    case 'resumed':
      return [
        wordOn({ kind: 'gap', source, t, text: `${host}: ${names} was lost, read on after ${told(notice.lostMs)}` }),
      ];
    case 'gap':
      return [
        wordOn({
          kind: 'gap',
          source,
          t,
          text: `${host}: ${names} was lost for ${told(notice.lostMs)}; lines may be missing`,
        }),
      ];
    case 'trouble': {
      const sentence = notice.message.replace(/([^.!?])$/, '$1.');
      const text = `${sentence} ${notice.how === 'lost' ? 'It is tried again.' : 'r tries again.'}`;
      return instances.map((id, index) => wordOn({ kind: 'trouble', source: id, t, text: index === 0 ? text : '' }));
    }
  }
}

function told(ms: number): string {
  return formatDuration(Math.max(1000, Math.round(ms / 1000) * 1000));
}

/** The ring that is to be filled; undefined while nobody looks. */
function wantedBy({ screens, logs, exit }: UiState) {
  const screen = screens.findLast((one) => !OVER.has(one));
  return screen === 'logs' && exit === undefined ? logs?.ring : undefined;
}
