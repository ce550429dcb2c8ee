import { unreachable } from '../base/errors.ts';
import type { Action, Quit } from './actions.ts';
import { moved } from './move.ts';
import { comeUp, reducePrompt } from './reduce-prompt.ts';
import { reducePlanning } from './reduce-planning.ts';
import { reduceRollout } from './reduce-rollout.ts';
import { focusMoved, reduceStanding, stillStanding } from './reduce-standing.ts';
import { NOTICE_MS, type ScreenName, type UiState, isRunning, noFleet, screenOf } from './state.ts';

/** The next state. Pure: whatever an action needs done in the world is done by `workers/`, which comes back with news. */
export function reduce(state: UiState, action: Action): UiState {
  return comeUp(state, reduced(state, action));
}

function reduced(state: UiState, action: Action): UiState {
  switch (action.type) {
    case 'move':
      return focusMoved(state, action.to) ?? moved(state, action.to);
    case 'show':
    case 'back':
      return action.type === 'show' ? show(state, action.screen) : back(state);
    case 'openDialog':
    case 'closeDialog':
    case 'standingFound':
    case 'accept':
    case 'tell':
      return reduceStanding(state, action);
    case 'typed':
    case 'erased':
      return typed(state, (text) => written(text, action));
    case 'notify':
    case 'ticked':
      return { ...state, notice: noticed(state, action) };
    case 'resized':
      return { ...state, size: action.size };
    case 'quit':
      return quit(state, action.how);
    case 'suspend':
      return state;
    case 'asked':
    case 'unasked':
    case 'answer':
      return reducePrompt(state, action);
    case 'openStage':
    case 'sessionOpened':
    case 'sessionFailed':
    case 'refresh':
    case 'fleetReading':
    case 'fleetRead':
    case 'fleetFailed':
      return reduceStage(state, action);
    case 'plan':
    case 'cancelPlanning':
    case 'buildLines':
    case 'planned':
    case 'planFailed':
      return reducePlanning(state, action);
    case 'start':
    case 'send':
    case 'sent':
    case 'switchPane':
    case 'pin':
    case 'follow':
    case 'rolloutStarted':
    case 'rolloutEvents':
    case 'rolloutEnded':
    case 'rolloutBroke':
    case 'logLines':
    case 'logTrouble':
      return reduceRollout(state, action);
    default:
      return unreachable(action);
  }
}

/** What was just said, for as long as it is shown. */
function noticed({ notice, now }: UiState, action: Extract<Action, { type: 'notify' | 'ticked' }>): UiState['notice'] {
  if (action.type === 'notify') return { text: action.text, style: action.style, at: now };
  return notice && now - notice.at >= NOTICE_MS ? undefined : notice;
}

type StageAction = Extract<
  Action,
  { type: 'openStage' | 'refresh' | `session${string}` | 'fleetReading' | 'fleetRead' | 'fleetFailed' }
>;

function reduceStage(state: UiState, action: StageAction): UiState {
  switch (action.type) {
    case 'openStage': {
      const { stages, now, size, looks, cursor } = state;
      const idle = { ...state, session: undefined, problem: undefined, fleet: noFleet, planning: undefined };
      const none = { ...idle, rollout: undefined, standing: undefined, putOff: undefined, dialog: undefined };
      const fresh = { ...none, notice: undefined, stages, now, size, looks };
      return { ...fresh, stage: action.stage, screens: ['fleet'], cursor: { ...cursor, fleet: 0, releases: 0 } };
    }
    case 'sessionOpened':
      return { ...state, session: action.session, problem: undefined };
    case 'sessionFailed':
      return { ...state, problem: action.problem };
    case 'refresh':
      return { ...state, notice: undefined, problem: undefined };
    case 'fleetReading':
      return { ...state, fleet: { ...state.fleet, reading: true } };
    case 'fleetRead':
      return stillStanding({
        ...state,
        fleet: { fleet: action.fleet, readAt: state.now, reading: false, problem: undefined },
      });
    case 'fleetFailed':
      return { ...state, fleet: { ...state.fleet, reading: false, problem: action.problem } };
    default:
      return unreachable(action);
  }
}

/** A screen that is open already comes to the front; nothing is ever twice on the way back. */
function show(state: UiState, screen: ScreenName): UiState {
  const below = state.screens.filter((one) => one !== screen);
  const cursor = screen === 'help' ? { ...state.cursor, help: 0 } : state.cursor;
  return { ...state, cursor, screens: [...below, screen] };
}

function back(state: UiState): UiState {
  if (state.dialog) return { ...state, dialog: undefined };
  if (state.screens.length < 2) return state;
  return { ...state, screens: state.screens.slice(0, -1) };
}

function typed(state: UiState, change: (text: string) => string): UiState {
  const { dialog, prompt } = state;
  if (!dialog && prompt) return { ...state, prompt: { ...prompt, text: prompt.text.changed(change) } };
  if (dialog?.name !== 'ref' && dialog?.name !== 'typeStage') return state;
  return { ...state, dialog: { ...dialog, text: change(dialog.text) } };
}

function written(text: string, action: Extract<Action, { type: 'typed' | 'erased' }>): string {
  if (action.type === 'typed') return text + action.text;
  return action.what === 'all' ? '' : withoutLast(text);
}

function withoutLast(text: string): string {
  return [...new Intl.Segmenter().segment(text)]
    .slice(0, -1)
    .map((part) => part.segment)
    .join('');
}

function quit(state: UiState, how: Quit): UiState {
  switch (how) {
    case 'ended':
      return { ...state, exit: exitCode(state) };
    case 'finishFirst':
      return { ...state, dialog: undefined, quitting: 'whenPaused', screens: onto(state, 'rollout') };
    case 'leave':
      return { ...state, dialog: undefined, quitting: 'leaving', screens: onto(state, 'rollout') };
    case 'atOnce':
      // left: some instances are on one release, some on the other
      return { ...state, dialog: undefined, exit: isRunning(state) ? 5 : exitCode(state) };
    case 'stay':
      return { ...state, dialog: undefined, quitting: state.quitting === 'leaving' ? 'leaving' : undefined };
    default:
      return unreachable(how);
  }
}

function onto(state: UiState, screen: ScreenName): readonly ScreenName[] {
  return screenOf(state) === screen ? state.screens : show(state, screen).screens;
}

/** The last rollout decides; a stage that could not be opened counts as its error. */
function exitCode(state: UiState): number {
  if (state.rollout?.outcome) return state.rollout.outcome.exitCode;
  return state.rollout?.problem?.exitCode ?? (state.session ? 0 : (state.problem?.exitCode ?? 0));
}
