import { Cancelled, UserError, asSlipwayError } from '../../base/errors.ts';
import type { StageSession } from '../../rollout/session.ts';
import { plannedHosts } from '../../rollout/targets.ts';
import type { Action } from '../actions.ts';
import { problemOf } from '../state.ts';
import type { Surroundings } from './workers.ts';

/** Builds and plans; one at a time, cancelled when the reader goes back. */
export function createPlanWork({ store, session }: Surroundings) {
  let running: AbortController | undefined;

  const cancel = () => {
    running?.abort(new Cancelled());
    running = undefined;
  };

  const plan = async (asked: Extract<Action, { type: 'plan' }>, open: StageSession) => {
    cancel();
    const mine = new AbortController();
    running = mine;
    try {
      const prepared = await prepare(asked, open, mine.signal);
      if (!mine.signal.aborted) store.post({ type: 'planned', prepared });
    } catch (error) {
      if (!mine.signal.aborted) store.post({ type: 'planFailed', problem: problemOf(asSlipwayError(error)) });
    }
  };

  const prepare = async (asked: Extract<Action, { type: 'plan' }>, open: StageSession, signal: AbortSignal) => {
    const onBuildLine = (line: string) => {
      if (!signal.aborted) store.post({ type: 'buildLines', lines: [line] });
    };
    switch (asked.kind) {
      case 'rollback':
        return open.planRollback({ to: asked.target, signal });
      case 'continue':
        return open.planContinue(unfinished(), { onBuildLine, signal });
      case 'goBack': {
        const { rollout: takes, plan: left } = unfinished();
        return open.planRollback({ only: plannedHosts(left, open.hosts), takes, signal });
      }
      case 'reconcile':
        return open.planReconcile({ onBuildLine, signal });
      case 'deploy':
        return open.planDeploy({
          begins: 'soon',
          ...(asked.target === '' ? {} : { ref: asked.target }),
          onBuildLine,
          signal,
        });
    }
  };

  const unfinished = () => {
    const { standing } = store.get();
    if (standing?.controller === 'gone') return standing.unfinished;
    throw new UserError({ code: 'SLIP_NO_ROLLOUT', message: 'The rollout has ended meanwhile.' });
  };

  return {
    cancel,
    hear: (action: Action) => {
      const open = session();
      if (action.type === 'plan' && open) void plan(action, open);
      if (action.type === 'cancelPlanning' || action.type === 'openStage') cancel();
    },
  };
}
