import type { UserAction } from '../actions.ts';
import { Secret } from '../secret.ts';
import type { Decision } from '../../rollout/session.ts';
import { APPROVE, retryOf, skipOf } from '../select/decisions.ts';
import { selectedRelease } from '../select/fleet.ts';
import { instanceCursor, instanceLines } from '../select/rollout.ts';
import { type UiState, isRunning, screenOf } from '../state.ts';
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
  watch: () => ({ type: 'show', screen: 'rollout' }),
  planRollback: (state) => {
    const release = selectedRelease(state);
    return release && { type: 'plan', kind: 'rollback', target: release.id };
  },
  start: (state) =>
    state.session?.protected ? { type: 'openDialog', dialog: { name: 'typeStage', text: '' } } : { type: 'start' },
  pause: () => ({ type: 'send', intent: { type: 'pause' } }),
  resume: () => ({ type: 'send', intent: { type: 'resume' } }),
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
  yes: ({ dialog }) =>
    dialog?.name === 'ask'
      ? { type: 'send', intent: { type: dialog.intent } }
      : { type: 'answer', answer: new Secret('yes') },
  no: (state) => refuse(state),
  finishFirst: () => ({ type: 'quit', how: 'finishFirst' }),
  leave: () => ({ type: 'quit', how: 'leave' }),
  leaveRollback: () => ({ type: 'send', intent: { type: 'rollback' } }),
  stay: () => ({ type: 'quit', how: 'stay' }),
};

function sends(intent: Decision | undefined): UserAction | undefined {
  return intent && { type: 'send', intent };
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
