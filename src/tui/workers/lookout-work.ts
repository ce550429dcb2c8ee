import { keepLookout } from '../../rollout/keep-lookout.ts';
import type { Surroundings } from './workers.ts';

/** Watches the stage, and tells of alerts, while the screen for it is open, whatever is looked at in front of it. */
export function createLookoutWork({ store, session, clock, env }: Surroundings) {
  let listening: { readonly stage: string; readonly ends: AbortController } | undefined;

  const stop = () => {
    listening?.ends.abort(new Error('nobody looks any more'));
    listening = undefined;
  };

  const start = (stage: string) => {
    const open = session();
    if (!open) return;
    const ends = new AbortController();
    listening = { stage, ends };
    void keepLookout(open, {
      ...{ signal: ends.signal, clock, env },
      onNews: ({ lookout, events }) => store.post({ type: 'lookoutNews', lookout, events }),
      onTrouble: (text) => store.dispatch({ type: 'notify', text, style: 'warn' }),
    });
  };

  return {
    stop,
    hear: () => {
      const state = store.get();
      const wanted = state.screens.includes('watch') && session() ? state.stage : undefined;
      if (wanted === listening?.stage) return;
      stop();
      if (wanted !== undefined) start(wanted);
    },
  };
}
