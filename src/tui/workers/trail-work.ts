import { asSlipwayError } from '../../base/errors.ts';
import type { StageSession } from '../../rollout/session.ts';
import type { Action } from '../actions.ts';
import { problemOf, type ScreenName, screenOf } from '../state.ts';
import type { Surroundings } from './workers.ts';

/** How many records are of interest. */
const LAST = 200;

const NEEDS_TRAIL: ReadonlySet<ScreenName> = new Set(['releases', 'history']);

/** Reads who changed what, for the screens that tell it. */
export function createTrailWork({ store, session }: Surroundings) {
  /** Counts what was asked: only the newest answer counts. */
  let asked = 0;

  const read = async (open: StageSession) => {
    asked += 1;
    const mine = asked;
    const isWanted = () => mine === asked && session() === open;
    store.post({ type: 'historyReading' });
    try {
      const trail = await open.history(LAST);
      if (isWanted()) store.post({ type: 'historyRead', trail });
    } catch (thrown) {
      if (isWanted()) store.post({ type: 'historyFailed', problem: problemOf(asSlipwayError(thrown)) });
    }
  };

  return {
    hear: (action: Action) => {
      const open = session();
      if (!open || !NEEDS_TRAIL.has(screenOf(store.get()))) return;
      if (action.type === 'show' || action.type === 'refresh') void read(open);
    },
  };
}
