import { noDiagnosis } from './screens/doctor/state.ts';
import { unreachable } from '../base/errors.ts';
import type { Action, Move, Quit } from './actions.ts';
import { guardedAnew } from './keys/guard.ts';
import { focusMoved } from './dialogs/options.ts';
import { pickMoved, pickTyped } from './dialogs/reduce-pick.ts';
import { takeVitals } from '../analysis/vitals.ts';
import { reduceNotice, withoutError } from './reduce-notice.ts';
import { screens } from './screens/all.ts';
import { promptInFront } from './dialogs/front.ts';
import { comeUp, reducePrompt } from './dialogs/reduce-prompt.ts';
import { pickerTyped, reducePicker } from './screens/deploy/reduce.ts';
import { reduceHistory } from './screens/history/reduce.ts';
import { opened } from './screens/opening.ts';
import { isInLogs, reduceLogs, reduceTyped } from './screens/logs/reduce.ts';
import { reducePlanning } from './screens/planning/reduce.ts';
import { reduceRollout } from './screens/rollout/reduce.ts';
import { reduceLookout } from './screens/watch/reduce.ts';
import { reduceStanding } from './dialogs/reduce.ts';
import { openView, reduceList, reduceStage, STAGE_ACTIONS } from './screens/fleet/reduce.ts';
import { type ScreenName, type UiState, isRunning, screenOf } from './state.ts';

/** The next state. Pure: whatever an action needs done in the world is done by `workers/`, which comes back with news. */
export function reduce(state: UiState, action: Action): UiState {
  return comeUp(state, reduced(withoutError(state, action), action));
}

type Of<T extends Action['type']> = Extract<Action, { readonly type: T }>;

/** One reducer for several types of action. */
function together<T extends Action['type']>(
  types: readonly T[],
  reducer: (state: UiState, action: Of<T>) => UiState,
): { readonly [K in T]: (state: UiState, action: Of<K>) => UiState } {
  const entries = types.map((type) => [type, reducer] as const);
  return Object.fromEntries(entries) as unknown as { [K in T]: (state: UiState, action: Of<K>) => UiState };
}

const unchanged = (state: UiState) => state;

/** Who reduces what; TypeScript demands that nothing is left out. */
const reducers: { readonly [T in Action['type']]: (state: UiState, action: Of<T>) => UiState } = {
  move: (state, { to }) => moved(state, to),
  show: (state, { screen }) => show(state, screen),
  back,
  typed: (state, action) => typed(state, (text) => written(text, action)),
  erased: (state, action) => typed(state, (text) => written(text, action)),
  tooSoon: guardedAnew,
  resized: (state, { size }) => ({ ...state, size }),
  quit: (state, { how }) => quit(state, how),
  ...together(['solo', 'shape'], reduceList),
  filter: (state, action) => (isInLogs(state) ? reduceTyped(state, action.text) : reduceList(state, action)),
  openView,
  saveView: unchanged,
  removeView: unchanged,
  toggleColumn: unchanged,
  theme: unchanged,
  remembered: (state, { remembered }) => ({ ...state, remembered }),
  looked: (state, { looks }) => ({ ...state, looks }),
  vitalsTaken: (state, { samples }) => ({ ...state, vitals: takeVitals(state.vitals, samples, state.now) }),
  lookoutNews: reduceLookout,
  ...together(['openLogs', 'inLogs', 'linesArrived', 'olderArrived'], reduceLogs),
  saveLogs: unchanged,
  retryLogs: unchanged,
  olderLogs: unchanged,
  copy: unchanged,
  shell: unchanged,
  suspend: unchanged,
  ...together(['notify', 'ticked'], reduceNotice),
  ...together(['openDialog', 'closeDialog', 'standingFound', 'accept', 'tell'], reduceStanding),
  ...together(['asked', 'unasked', 'answer'], reducePrompt),
  ...together([...STAGE_ACTIONS], reduceStage),
  ...together(['refsRead', 'refsFailed', 'changesRead'], reducePicker),
  diagnosing: (state) => ({ ...state, doctor: { ...state.doctor, reading: true, problem: undefined } }),
  diagnosed: (state, { diagnosis }) => ({ ...state, doctor: { ...noDiagnosis, diagnosis } }),
  diagnosisFailed: (state, { problem }) => ({ ...state, doctor: { ...state.doctor, reading: false, problem } }),
  ...together(['historyReading', 'historyRead', 'historyFailed'], reduceHistory),
  ...together(['plan', 'cancelPlanning', 'buildLines', 'planned', 'planFailed'], reducePlanning),
  ...together(['start', 'send', 'sent', 'switchPane', 'pin', 'follow'], reduceRollout),
  ...together(['toLine', 'foldStep', 'showOf'], reduceRollout),
  ...together(['rolloutStarted', 'rolloutEvents', 'rolloutEnded', 'rolloutBroke'], reduceRollout),
  ...together(['logLines', 'logTrouble'], reduceRollout),
};

function reduced(state: UiState, action: Action): UiState {
  return (reducers[action.type] as (state: UiState, action: Action) => UiState)(state, action);
}

function moved(state: UiState, to: Move): UiState {
  if (state.dialog) return pickMoved(state, to) ?? focusMoved(state, to) ?? state;
  return screens[screenOf(state)].moved?.(state, to) ?? state;
}

/** A screen that is open already comes to the front; nothing is ever twice on the way back. */
function show(state: UiState, screen: ScreenName): UiState {
  const below = state.screens.filter((one) => one !== screen);
  const cursor = { ...state.cursor, help: 0, messages: 0 };
  // what was said belongs to the screen that it was said on; it is kept among the messages
  return { ...opened({ ...state, cursor, notice: undefined }, screen), screens: [...below, screen] };
}

function back(state: UiState): UiState {
  if (state.dialog) return { ...state, dialog: undefined };
  if (state.screens.length < 2) return state;
  return { ...state, notice: undefined, screens: state.screens.slice(0, -1) };
}

function typed(state: UiState, change: (text: string) => string): UiState {
  const { dialog } = state;
  const prompt = promptInFront(state);
  if (prompt) return { ...state, prompt: { ...prompt, text: prompt.text.changed(change) } };
  if (dialog && 'chosen' in dialog) return pickTyped(state, dialog, change);
  if (!dialog && screenOf(state) === 'deploy') return pickerTyped(state, change);
  if (!dialog || !('text' in dialog)) return state;
  const text = change(dialog.text);
  const next = { ...state, dialog: { ...dialog, text } };
  return dialog.name === 'filter' ? reducers.filter(next, { type: 'filter', text }) : next;
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
