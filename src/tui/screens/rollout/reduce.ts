import { unreachable } from '../../../base/errors.ts';
import type { RolloutEvent } from '../../../rollout/events.ts';
import { initialState, progress } from '../../../rollout/progress.ts';
import type { Action } from '../../actions.ts';
import { without } from '../planning/reduce.ts';
import { activeInstance, instanceCursor } from './select.ts';
import { LOG_LINES, type LogLine, type LogView, type RolloutView, type UiState, emptyLog } from '../../state.ts';

type RolloutAction = Extract<
  Action,
  { type: 'start' | 'send' | 'sent' | 'switchPane' | 'pin' | 'follow' | `rollout${string}` | `log${string}` }
>;

/** A rollout that runs: its events, and what a person does to its screen. */
export function reduceRollout(state: UiState, action: RolloutAction): UiState {
  if (action.type === 'start') return { ...state, dialog: undefined };
  if (action.type === 'rolloutStarted') return started(state, action.id);
  const { rollout } = state;
  if (!rollout) return state;
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
    case 'switchPane':
    case 'pin':
    case 'follow':
    case 'logLines':
    case 'logTrouble':
      return reduceScreen(state, rollout, action);
    default:
      return unreachable(action);
  }
}

type ScreenAction = Extract<RolloutAction, { type: 'switchPane' | 'pin' | 'follow' | `log${string}` }>;

function reduceScreen(state: UiState, rollout: RolloutView, action: ScreenAction): UiState {
  switch (action.type) {
    case 'switchPane':
      return { ...state, rollout: { ...rollout, pane: rollout.pane === 'log' ? 'instances' : 'log' } };
    case 'pin':
      return { ...state, rollout: { ...rollout, pinned: action.instance } };
    case 'follow': {
      const log = { ...rollout.log, bottom: undefined };
      return { ...state, rollout: { ...rollout, pinned: undefined, follows: true, log } };
    }
    case 'logLines':
      return {
        ...state,
        rollout: { ...rollout, log: { ...withLines(rollout.log, action.lines), trouble: undefined } },
      };
    case 'logTrouble':
      return { ...state, rollout: { ...rollout, log: { ...rollout.log, trouble: action.message } } };
    default:
      return unreachable(action);
  }
}

function started(state: UiState, id: string): UiState {
  const rollout: RolloutView = {
    id,
    state: { ...initialState, plan: state.planning?.prepared?.plan },
    asked: undefined,
    outcome: undefined,
    problem: undefined,
    skews: {},
    toldBy: {},
    lastEventAt: state.now,
    active: undefined,
    pinned: undefined,
    follows: true,
    pane: 'instances',
    log: emptyLog,
  };
  return {
    ...state,
    rollout,
    standing: undefined,
    planning: undefined,
    screens: [...without(state.screens).filter((screen) => screen !== 'deploy'), 'rollout'],
  };
}

/** The view after one event; what the rollout is, the fold of the rollout floor knows. */
function told(view: RolloutView, event: RolloutEvent, now: number): RolloutView {
  const state = progress(view.state, event);
  if (state === view.state) return view;
  const next: RolloutView = {
    ...view,
    state,
    lastEventAt: now,
    asked: state.phase === view.state.phase ? view.asked : undefined,
    // an event arrives late, never early: the least difference seen is the best reading of the source's clock
    skews: { ...view.skews, [event.source]: Math.min(now - event.t, view.skews[event.source] ?? Infinity) },
    active: activeInstance(state, view.active),
  };
  if (event.type === 'instance.state') return { ...next, toldBy: { ...view.toldBy, [event.instance]: event.source } };
  const lines = linesOf(view.log, event);
  return lines.length === 0 ? next : { ...next, log: withLines(view.log, lines) };
}

/** How far back a line of an event is looked for among the followed ones. */
const DOUBLES = 100;

function linesOf(log: LogView, event: RolloutEvent): LogLine[] {
  if (event.type === 'hook.output') return [{ source: event.host, text: event.line }];
  if (event.type === 'log.line') return newLines(log, event.instance, [event.line]);
  if (event.type !== 'instance.evidence') return [];
  const { instance, part, lines } = event;
  return part === 'log'
    ? newLines(log, instance, lines)
    : lines.map((line) => ({ source: instance, text: `${part}: ${line}` }));
}

/** The same line may come from the engine and from the log that is followed here. */
function newLines(log: LogView, source: string, lines: readonly string[]): LogLine[] {
  const seen = new Set(log.lines.slice(-DOUBLES).flatMap((line) => (line.source === source ? [line.text] : [])));
  return lines.filter((line) => !seen.has(line)).map((text) => ({ source, text }));
}

function withLines(log: LogView, lines: readonly LogLine[]): LogView {
  const count = log.count + lines.length;
  const kept = log.lines.concat(lines).slice(-LOG_LINES);
  // what is read stays in place while new lines come, until it falls out of the buffer
  const bottom = log.bottom === undefined ? undefined : Math.max(log.bottom, count - kept.length);
  return { ...log, lines: kept, count, bottom };
}

function ended(state: UiState, rollout: RolloutView): UiState {
  const code = rollout.outcome?.exitCode ?? rollout.problem?.exitCode;
  const cursor = { ...state.cursor, instances: instanceCursor(rollout, state.cursor.instances) };
  const dialog = state.dialog?.name === 'quit' || state.dialog?.name === 'ask' ? undefined : state.dialog;
  return { ...state, rollout, cursor, dialog, exit: state.quitting ? code : state.exit };
}
