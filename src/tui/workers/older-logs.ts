import { belongsTo } from '../../logs/names.ts';
import type { LogRecord } from '../../logs/record.ts';
import type { Arrival } from '../screens/logs/ring.ts';
import type { UiState } from '../state.ts';
import type { Surroundings } from './workers.ts';

/** Lines of each source that are fetched at once. */
const MORE = 500;
/** A host that does not answer by then has none. */
const PATIENCE_MS = 15_000;

/** Fetches lines that were written before the oldest one that is kept. One at a time. */
export function createOlderLogs({ store, session, clock }: Surroundings) {
  let busy = false;

  return async () => {
    const from = session();
    const { logs } = store.get();
    if (!from || !logs || busy) return;
    busy = true;
    const oldest = oldestOf(logs) ?? clock.now();
    const enough = new AbortController();
    const patience = clock.sleep(PATIENCE_MS, enough.signal).then(
      () => enough.abort(),
      () => undefined,
    );
    const found: LogRecord[] = [];
    try {
      await from.logs({
        ...(logs.alone === undefined ? {} : { instances: logs.sources.filter((one) => belongsTo(one, logs.alone!)) }),
        start: { type: 'last', count: MORE },
        until: oldest,
        follow: 'to the end',
        signal: enough.signal,
        onRecords: (records) => found.push(...records.filter(({ t }) => t < oldest)),
        onNotice: () => undefined,
      });
    } finally {
      busy = false;
      enough.abort();
      await patience;
    }
    const lines = found.map((record): Arrival => ({ ...record, kind: 'line' }));
    if (store.get().logs?.ring === logs.ring) store.post({ type: 'olderArrived', lines });
  };
}

function oldestOf({ held, ring }: NonNullable<UiState['logs']>): number | undefined {
  return (held ? held.lines[0] : ring.at(ring.first))?.t;
}
