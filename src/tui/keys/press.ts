import type { UserAction } from '../actions.ts';
import { Secret } from '../secret.ts';
import type { Decision } from '../../rollout/session.ts';
import { APPROVE, retryOf, skipOf } from '../select/decisions.ts';
import { selectedRelease } from '../select/fleet.ts';
import { instanceCursor, instanceLines } from '../select/rollout.ts';
import type { WishedIntent } from '../../rollout/wishes.ts';
import { standingDialog } from '../reduce-standing.ts';
import { type Dialog, type UiState, isRunning, screenOf } from '../state.ts';
import type { KeyId } from './table.ts';

/** What each key does. Asked only when nothing disables it. */
export const press: Readonly<Record<KeyId, (state: UiState) => UserAction | undefined>> = {
  quit: (state) => (isRunning(state) ? askQuit(state) : { type: 'quit', how: 'ended' }),
  interrupt,
  suspend: () => ({ type: 'suspend' }),
  help: () => ({ type: 'show', screen: 'help' }),
  back: (state) => {
    const screen = screenOf(state);
    return screen === 'planning' || screen === 'review' ? { type: 'cancelPlanning' } : { type: 'back' };
  },
  up: () => ({ type: 'move', to: 'up' }),
  down: () => ({ type: 'move', to: 'down' }),
  pageUp: () => ({ type: 'move', to: 'pageUp' }),
  pageDown: () => ({ type: 'move', to: 'pageDown' }),
  first: () => ({ type: 'move', to: 'first' }),
  last: () => ({ type: 'move', to: 'last' }),
  openStage: (state) => {
    const chosen = state.stages[state.cursor.stages];
    return chosen && { type: 'openStage', stage: chosen.stage };
  },
  deploy: () => ({ type: 'openDialog', dialog: { name: 'ref', text: '' } }),
  releases: () => ({ type: 'show', screen: 'releases' }),
  reconcile: () => ({ type: 'plan', kind: 'reconcile', target: '' }),
  refresh: () => ({ type: 'refresh' }),
  stages: () => ({ type: 'show', screen: 'stages' }),
  watch,
  planRollback: (state) => {
    const release = selectedRelease(state);
    return release && { type: 'plan', kind: 'rollback', target: release.id };
  },
  start: (state) =>
    state.session?.protected ? { type: 'openDialog', dialog: { name: 'typeStage', text: '' } } : { type: 'start' },
  pause: (state) => ask(state, { type: 'pause' }),
  resume: (state) => ask(state, { type: 'resume' }),
  abort: (state) => ({ type: 'openDialog', dialog: { name: 'ask', intent: 'abort', openedAt: state.now } }),
  rollback: (state) => ({ type: 'openDialog', dialog: { name: 'ask', intent: 'rollback', openedAt: state.now } }),
  approve: () => ({ type: 'send', intent: APPROVE }),
  retry: (state) => sends(retryOf(state)),
  skip: (state) => sends(skipOf(state)),
  pane: () => ({ type: 'switchPane' }),
  pin: ({ rollout, cursor }) => {
    const chosen = rollout && instanceLines(rollout.state)[instanceCursor(rollout, cursor.instances)];
    return chosen && { type: 'pin', instance: chosen.id };
  },
  follow: () => ({ type: 'follow' }),
  acceptRef: ({ dialog }) =>
    dialog?.name === 'ref' ? { type: 'plan', kind: 'deploy', target: dialog.text.trim() } : undefined,
  acceptStage: () => ({ type: 'start' }),
  acceptAnswer: ({ prompt }) => prompt && { type: 'answer', answer: prompt.text },
  cancel: (state) => refuse(state),
  erase: () => ({ type: 'erased', what: 'character' }),
  eraseAll: () => ({ type: 'erased', what: 'all' }),
  yes: (state) =>
    state.dialog?.name === 'ask' ? agree(state, state.dialog) : { type: 'answer', answer: new Secret('yes') },
  no: (state) => refuse(state),
  finishFirst: () => ({ type: 'quit', how: 'finishFirst' }),
  leave: () => ({ type: 'quit', how: 'leave' }),
  leaveRollback: () => ({ type: 'send', intent: { type: 'rollback' } }),
  stay: () => ({ type: 'quit', how: 'stay' }),
  goOn: () => wayOut.continue(),
  goBack: () => wayOut.goBack(),
  accept: (state) => wayOut.accept(state),
  later: () => wayOut.later(),
  choose: (state) => (state.dialog?.name === 'unfinished' ? wayOut[state.dialog.focus](state) : undefined),
  wayUp: () => ({ type: 'move', to: 'up' }),
  wayDown: () => ({ type: 'move', to: 'down' }),
};

function sends(intent: Decision | undefined): UserAction | undefined {
  return intent && { type: 'send', intent };
}

/** Everything but `later` shows or asks something before it changes anything. */
const wayOut = {
  continue: (): UserAction => ({ type: 'plan', kind: 'continue', target: '' }),
  goBack: (): UserAction => ({ type: 'plan', kind: 'goBack', target: '' }),
  accept: ({ now }: UiState): UserAction => ({
    type: 'openDialog',
    dialog: { name: 'ask', intent: 'accept', openedAt: now },
  }),
  later: (): UserAction => ({ type: 'closeDialog' }),
};

/** The rollout that runs here; else the one that was not started here. */
function watch(state: UiState): UserAction {
  const { standing, now } = state;
  if (isRunning(state) || !standing) return { type: 'show', screen: 'rollout' };
  return { type: 'openDialog', dialog: standingDialog(standing, now) };
}

/** Of the rollout that runs here, or of the one that runs elsewhere. */
function ask(state: UiState, intent: WishedIntent): UserAction {
  return isRunning(state) ? { type: 'send', intent } : { type: 'tell', intent };
}

function agree(state: UiState, { intent }: Extract<Dialog, { name: 'ask' }>): UserAction {
  return intent === 'accept' ? { type: 'accept' } : ask(state, { type: intent });
}

function refuse({ dialog }: UiState): UserAction {
  return dialog ? { type: 'closeDialog' } : { type: 'answer', answer: undefined };
}

function askQuit(state: UiState): UserAction {
  return { type: 'openDialog', dialog: { name: 'quit', openedAt: state.now } };
}

/** The first Ctrl-C asks, the second leaves, the third does not wait for the answer. */
function interrupt(state: UiState): UserAction {
  if (!isRunning(state)) return { type: 'quit', how: 'ended' };
  if (state.quitting === 'leaving') return { type: 'quit', how: 'atOnce' };
  return state.dialog?.name === 'quit' ? { type: 'quit', how: 'leave' } : askQuit(state);
}
