import type { Action } from '../actions.ts';
import type { Arrival } from '../screens/logs/ring.ts';
import type { UiState } from '../state.ts';
import { followAgain } from './follow-again.ts';
import { saveLogs } from './save-logs.ts';
import type { Surroundings } from './workers.ts';

/** What lies over the logs for a moment: they are still looked at. */
const OVER: ReadonlySet<string> = new Set(['logLine', 'help', 'messages']);

/** Follows the logs of all instances for as long as somebody looks at them. */
export function createLogsWork(surroundings: Surroundings) {
  const { store, session } = surroundings;
  let open: { readonly of: unknown; readonly session: unknown; readonly ends: AbortController } | undefined;
  const retries = new Set<() => void>();
  let waiting: Arrival[] = [];

  // what comes in one piece goes on as one piece
  const tell = (arrival: Arrival) => {
    if (waiting.length === 0) queueMicrotask(pass);
    waiting.push(arrival);
  };
  const pass = () => {
    const lines = waiting;
    waiting = [];
    if (open) store.post({ type: 'linesArrived', lines });
  };
  const stop = () => {
    open?.ends.abort();
    open = undefined;
    waiting = [];
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
    const given = { session: from, clock: surroundings.clock, signal: ends.signal, tell };
    for (const instance of from.instances) void followAgain({ ...given, instance, retried });
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

/** The ring that is to be filled; undefined while nobody looks. */
function wantedBy({ screens, logs, exit }: UiState) {
  const screen = screens.findLast((one) => !OVER.has(one));
  return screen === 'logs' && exit === undefined ? logs?.ring : undefined;
}
