import { Bug, asSlipwayError } from '../../base/errors.ts';
import type { Intent, PreparedRollout, RunningRollout, StageSession } from '../../rollout/session.ts';
import { isPaused } from '../../rollout/transitions.ts';
import type { Action } from '../actions.ts';
import { problemOf } from '../state.ts';
import type { Surroundings } from './workers.ts';

/** Starts rollouts, passes their events on and carries what a person asks to them. */
export function createRolloutWork({ store, session }: Surroundings) {
  let running: RunningRollout | undefined;
  let stopListening = () => {};

  const end = (news: Extract<Action, { type: 'rolloutEnded' | 'rolloutBroke' }>) => {
    running = undefined;
    store.post(news);
  };

  const start = (open: StageSession, prepared: PreparedRollout) => {
    try {
      const rollout = open.start(prepared);
      running = rollout;
      stopListening();
      store.post({ type: 'rolloutStarted', id: rollout.id });
      stopListening = rollout.subscribe((event) => store.post({ type: 'rolloutEvents', events: [event] }));
      rollout.finished.then(
        (outcome) => end({ type: 'rolloutEnded', outcome }),
        (error: unknown) => end({ type: 'rolloutBroke', problem: problemOf(asSlipwayError(error)) }),
      );
    } catch (error) {
      store.post({ type: 'planFailed', problem: problemOf(asSlipwayError(error)) });
    }
  };

  const send = (intent: Intent) => {
    if (running) store.post({ type: 'sent', intent, refused: running.send(intent) });
  };

  /** Once it is paused it can be left: nothing is in hand any more. */
  const leaveWhenPaused = () => {
    const { quitting, rollout } = store.get();
    const phase = rollout?.state.phase;
    if (!running || quitting !== 'whenPaused' || phase === undefined || !isPaused(phase)) return;
    store.dispatch({ type: 'quit', how: 'leave' });
  };

  const quit = (action: Extract<Action, { type: 'quit' }>) => {
    const phase = store.get().rollout?.state.phase;
    if (action.how === 'leave') send({ type: 'leave' });
    if (action.how === 'finishFirst' && phase !== undefined && !isPaused(phase)) send({ type: 'pause' });
  };

  return {
    stopListening: () => stopListening(),
    leave: async () => {
      if (!running) return;
      running.send({ type: 'leave' });
      await running.finished.catch(() => new Bug('the rollout broke'));
    },
    hear: (action: Action) => {
      const { planning } = store.get();
      const open = session();
      if (action.type === 'start' && open && planning?.prepared && !running) start(open, planning.prepared);
      if (action.type === 'send') send(action.intent);
      if (action.type === 'quit') quit(action);
      if (action.type === 'quit' || action.type === 'rolloutEvents') leaveWhenPaused();
    },
  };
}
