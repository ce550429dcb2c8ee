import { screenOf } from '../state.ts';
import type { Surroundings } from './workers.ts';

/** Listens to how instances are while the fleet is looked at, and not a moment longer. */
export function createVitalsWork({ store, session }: Surroundings) {
  let listening: { readonly stage: string; readonly ends: AbortController } | undefined;

  const stop = () => {
    listening?.ends.abort();
    listening = undefined;
  };

  const start = (stage: string) => {
    const ends = new AbortController();
    listening = { stage, ends };
    session()?.vitals({
      signal: ends.signal,
      onVitals: (_host, samples) => {
        if (!ends.signal.aborted) store.post({ type: 'vitalsTaken', samples });
      },
      // a host that is lost is told by the next reading; until then its cells go blank
      onTrouble: () => undefined,
    });
  };

  return {
    stop,
    hear: () => {
      const state = store.get();
      // not before the hosts were read: the way of a reader comes first
      const wanted = screenOf(state) === 'fleet' && state.fleet.fleet && session() ? state.stage : undefined;
      if (wanted === listening?.stage) return;
      stop();
      if (wanted !== undefined) start(wanted);
    },
  };
}
