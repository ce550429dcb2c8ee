import { unreachable } from '../../../base/errors.ts';
import type { RolloutEvent } from '../../../rollout/events.ts';
import { initialState, progress, type RolloutState } from '../../../rollout/progress.ts';
import type { Action } from '../../actions.ts';
import { type RolloutView, type UiState, emptyLog } from '../../state.ts';
import { without } from '../planning/reduce.ts';
import { emptyHistory, remembered } from './history.ts';
import { linesOf, withLines } from './log-lines.ts';
import { noOutline, outlineOf } from './outline.ts';
import { type ScreenAction, isScreenAction, reduceScreen } from './reduce-screen.ts';
import { activeInstance, failures } from './select.ts';

type RolloutAction =
  ScreenAction | Extract<Action, { type: 'start' | 'send' | 'sent' | `rollout${string}` | `log${string}` }>;

/** A rollout that runs: its events, and what a person does to its screen. */
export function reduceRollout(state: UiState, action: RolloutAction): UiState {
  if (action.type === 'start') return { ...state, dialog: undefined };
  if (action.type === 'rolloutStarted') return started(state, action.id);
  const { rollout } = state;
  if (!rollout) return state;
  if (isScreenAction(action)) return { ...state, rollout: reduceScreen(state, rollout, action) };
  switch (action.type) {
    case 'send':
      return { ...state, dialog: undefined };
    case 'sent':
      if (action.refused === undefined) return { ...state, rollout: { ...rollout, asked: action.intent } };
      return { ...state, notice: { text: action.refused, style: 'warn', at: state.now } };
    case 'rolloutEvents':
      return { ...state, rollout: action.events.reduce((view, event) => told(view, event, state.now), rollout) };
    case 'rolloutEnded':
      return ended(state, { ...rollout, asked: undefined, outcome: action.outcome });
    case 'rolloutBroke':
      return ended(state, { ...rollout, asked: undefined, problem: action.problem });
    case 'logLines': {
      const log = { ...withLines(rollout.log, action.lines), trouble: undefined };
      return { ...state, rollout: { ...rollout, log } };
    }
    case 'logTrouble':
      return { ...state, rollout: { ...rollout, log: { ...rollout.log, trouble: action.message } } };
    default:
      return unreachable(action);
  }
}

function started(state: UiState, id: string): UiState {
  const plan = state.planning?.prepared?.plan;
  return {
    ...state,
    rollout: newRollout({ id, now: state.now, state: { ...initialState, plan } }),
    standing: undefined,
    planning: undefined,
    screens: [...without(state.screens).filter((screen) => screen !== 'deploy'), 'rollout'],
  };
}

/** The view of a rollout that nobody has looked at yet. */
export function newRollout(of: { id: string; now: number; state: RolloutState }): RolloutView {
  const { id, now, state } = of;
  return {
    ...{ id, state, asked: undefined, outcome: undefined, problem: undefined },
    ...{ skews: {}, toldBy: {}, lastEventAt: now, endedAt: undefined },
    ...{ outline: state.plan ? outlineOf(state.plan) : noOutline, history: emptyHistory },
    ...{ active: undefined, pinned: undefined, cursor: undefined, opened: {} },
    ...{ pane: 'tree', shows: undefined, evidenceBottom: undefined, log: emptyLog },
  };
}

/** The view after one event; what the rollout is, the fold of the rollout floor knows. */
function told(view: RolloutView, event: RolloutEvent, now: number): RolloutView {
  const state = progress(view.state, event);
  if (state === view.state) return view;
  const outline = event.type === 'rollout.planned' ? outlineOf(event.plan) : view.outline;
  const next: RolloutView = {
    ...view,
    state,
    outline,
    lastEventAt: now,
    asked: state.phase === view.state.phase ? view.asked : undefined,
    skews: withSkew(view.skews, event, now),
    history: remembered(view.history, event, state.plan?.release.id),
  };
  if (event.type === 'instance.state') {
    const toldBy = { ...view.toldBy, [event.instance]: event.source };
    return { ...next, toldBy, active: activeInstance(state, outline, view.active) };
  }
  const lines = linesOf(view.log, event);
  return lines.length === 0 ? next : { ...next, log: withLines(view.log, lines) };
}

/** An event arrives late, never early: the least difference seen is the best reading of the source's clock. */
function withSkew(skews: RolloutView['skews'], event: RolloutEvent, now: number): RolloutView['skews'] {
  const before = skews[event.source] ?? Infinity;
  const skew = now - event.t;
  return skew < before ? { ...skews, [event.source]: skew } : skews;
}

/** What failed is what one wants to see then, unless somebody looks at something else. */
function ended(state: UiState, rollout: RolloutView): UiState {
  const code = rollout.outcome?.exitCode ?? rollout.problem?.exitCode;
  const cursor = rollout.cursor ?? failures(rollout)[0] ?? rollout.active;
  const dialog = state.dialog?.name === 'quit' || state.dialog?.name === 'ask' ? undefined : state.dialog;
  const over = { ...rollout, cursor, endedAt: state.now };
  return { ...state, rollout: over, dialog, exit: state.quitting ? code : state.exit };
}
