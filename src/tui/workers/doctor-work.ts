import { asSlipwayError } from '../../base/errors.ts';
import type { StageSession } from '../../rollout/session.ts';
import type { Action } from '../actions.ts';
import { problemOf, screenOf } from '../state.ts';
import type { Surroundings } from './workers.ts';

/** Looks at the hosts while the doctor is asked; who goes on to another stage wants no answer any more. */
export function createDoctorWork({ store, session }: Surroundings) {
  let running: AbortController | undefined;

  const stop = () => {
    running?.abort();
    running = undefined;
  };

  const look = async (open: StageSession) => {
    stop();
    const mine = new AbortController();
    running = mine;
    store.post({ type: 'diagnosing' });
    try {
      const diagnosis = await open.diagnose(mine.signal);
      if (!mine.signal.aborted && session() === open) store.post({ type: 'diagnosed', diagnosis });
    } catch (thrown) {
      if (!mine.signal.aborted) store.post({ type: 'diagnosisFailed', problem: problemOf(asSlipwayError(thrown)) });
    }
  };

  return {
    stop,
    hear: (action: Action) => {
      const open = session();
      if (action.type === 'openStage') stop();
      if (!open || screenOf(store.get()) !== 'doctor') return;
      if (action.type === 'show' || action.type === 'refresh') void look(open);
    },
  };
}
