import { formatDuration } from '../../base/duration.ts';
import { list } from '../../base/text.ts';
import type { LogRecord } from '../../logs/record.ts';
import type { LogNotice } from '../../logs/stream.ts';
import type { Action } from '../actions.ts';
import { type Arrival, wordOn } from '../screens/logs/ring.ts';
import type { UiState } from '../state.ts';
import { saveLogs } from './save-logs.ts';
import type { Surroundings } from './workers.ts';

/** What lies over the logs for a moment: they are still looked at. */
const OVER: ReadonlySet<string> = new Set(['logLine', 'help', 'messages']);

/** Lines of each source that come first. */
const LAST = 200;

/** Follows the logs of all instances for as long as somebody looks at them. */
export function createLogsWork(surroundings: Surroundings) {
  const { store, session, clock } = surroundings;
  let open: { readonly of: unknown; readonly session: unknown; readonly ends: AbortController } | undefined;
  const retries = new Set<() => void>();

  const stop = () => {
    open?.ends.abort();
    open = undefined;
  };
  const retried = async (signal: AbortSignal) => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const wake = () => resolve(undefined);
    retries.add(wake);
    signal.addEventListener('abort', wake, { once: true });
    await promise;
    retries.delete(wake);
    signal.removeEventListener('abort', wake);
  };
  const start = (of: unknown) => {
    const from = session();
    if (!from) return;
    const ends = new AbortController();
    open = { of, session: from, ends };
    const tell = (lines: readonly Arrival[]) => {
      if (!ends.signal.aborted && lines.length > 0) store.post({ type: 'linesArrived', lines });
    };
    void from.logs({
      start: { type: 'last', count: LAST },
      follow: 'follow',
      signal: ends.signal,
      onRecords: (records) => tell(records.map(arrivalOf)),
      onNotice: (notice) => tell(wordsOf(notice, clock.now())),
      retried,
    });
  };

  return {
    stop,
    hear: (action: Action) => {
      if (action.type === 'saveLogs') void saveLogs(surroundings);
      if (action.type === 'retryLogs') {
        for (const retry of [...retries]) retry();
      }
      const wanted = wantedBy(store.get());
      if (open && wanted === open.of && session() === open.session) return;
      stop();
      if (wanted) start(wanted);
    },
  };
}

function arrivalOf(record: LogRecord): Arrival {
  return { ...record, kind: 'line' };
}

/** A word for each instance it is about, of which the first says it. */
function wordsOf(notice: LogNotice, t: number): readonly Arrival[] {
  const { host, instances } = notice;
  const names = list(instances.map((id) => id.slice(0, id.lastIndexOf('@'))));
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
