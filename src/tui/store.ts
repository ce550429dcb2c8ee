import type { Clock } from '../base/clock.ts';
import { type Action, type NewsAction, type UserAction, coalesce } from './actions.ts';
import { reduce } from './reduce.ts';
import type { UiState } from './state.ts';

/** News is shown at most so often. */
export const FLUSH_MS = 100;

export interface Store {
  readonly get: () => UiState;
  readonly subscribe: (listener: () => void) => () => void;
  /** What a person did: reduced and shown at once, after all news that came before. */
  readonly dispatch: (action: UserAction | Decision) => void;
  /** What came in: gathered, and shown within `FLUSH_MS`. */
  readonly post: (news: NewsAction) => void;
  /** Takes in what is gathered now. */
  readonly flush: () => void;
  /** Hears every action once it is reduced. */
  readonly onAction: (listener: (action: Action) => void) => void;
}

/** What to do depends on the state as it is at this very moment. */
export type Decision = (state: UiState) => UserAction | readonly UserAction[] | undefined;

/** The one state of the program, and the two lanes into it. */
export function createStore(initial: UiState, clock: Clock): Store {
  let state = initial;
  let queue: NewsAction[] = [];
  let flushedAt = -Infinity;
  let isScheduled = false;
  const listeners = new Set<() => void>();
  const hearers = new Set<(action: Action) => void>();

  const apply = (action: Action) => {
    state = reduce({ ...state, now: clock.now() }, action);
    for (const hear of [...hearers]) hear(action);
  };
  const flush = () => {
    const news = coalesce(queue);
    queue = [];
    flushedAt = clock.now();
    news.forEach(apply);
  };
  const show = () => {
    for (const listener of [...listeners]) listener();
  };
  const schedule = async () => {
    isScheduled = true;
    await clock.sleep(Math.max(0, flushedAt + FLUSH_MS - clock.now()));
    isScheduled = false;
    if (queue.length === 0) return;
    flush();
    show();
  };

  return {
    get: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onAction: (listener) => void hearers.add(listener),
    flush,
    dispatch: (asked) => {
      if (queue.length > 0) flush();
      const actions = typeof asked === 'function' ? asked({ ...state, now: clock.now() }) : asked;
      [actions ?? []].flat().forEach(apply);
      show();
    },
    post: (news) => {
      queue.push(news);
      if (!isScheduled) void schedule();
    },
  };
}
