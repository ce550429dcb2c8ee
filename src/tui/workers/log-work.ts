import { wholeText } from '../../logs/fields-text.ts';
import { followed } from '../screens/rollout/select.ts';
import { isRunning } from '../state.ts';
import type { Surroundings } from './workers.ts';

/** Lines that come first. */
const LAST = 50;

/** Follows the log of the instance that is being changed, or of the one that was chosen. */
export function createLogWork({ store, session }: Surroundings) {
  let current: { instance: string; ends: AbortController } | undefined;

  const stop = () => {
    current?.ends.abort();
    current = undefined;
  };

  const follow = (instance: string) => {
    stop();
    const ends = new AbortController();
    current = { instance, ends };
    store.post({ type: 'logTrouble', message: undefined });
    void session()?.logs({
      instances: [instance],
      start: { type: 'last', count: LAST },
      follow: 'follow',
      signal: ends.signal,
      onRecords: (records) => {
        const lines = records.map((record) => ({ source: instance, text: wholeText(record) }));
        if (!ends.signal.aborted) store.post({ type: 'logLines', lines });
      },
      onNotice: (notice) => {
        if (ends.signal.aborted || notice.type !== 'trouble') return;
        store.post({ type: 'logTrouble', message: `${instance}: ${notice.message}` });
      },
    });
  };

  return {
    stop,
    hear: () => {
      const state = store.get();
      // after the end of a rollout only a log that someone chose is still of interest
      const wanted = state.rollout && (isRunning(state) ? followed(state.rollout) : state.rollout.pinned);
      if (wanted === current?.instance) return;
      if (wanted === undefined) stop();
      else follow(wanted);
    },
  };
}
