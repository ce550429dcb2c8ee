import { APPROVE } from '../screens/rollout/decisions.ts';
import type { UserAction } from '../actions.ts';
import * as because from '../keys/because.ts';
import type { Binding } from '../keys/binding.ts';
import type { WishedIntent } from '../../rollout/wishes.ts';
import { Secret } from '../secret.ts';
import { isRunning, type UiState } from '../state.ts';
import { askAbout } from './choice.ts';
import { viewItems } from './views.ts';

const CHOICES = ['ask', 'quit', 'unfinished', 'elsewhere'] as const;

/** Answers to questions. */
// prettier-ignore
export const dialogKeys: readonly Binding[] = [
  { id: 'acceptStage', keys: ['enter'], label: 'start', help: 'Start, once the name of the stage is typed.', scopes: ['typeStage'], priority: 1, danger: true, twin: 'slipway deploy STAGE', disabledReason: because.notTyped, run: () => ({ type: 'start' }) },
  { id: 'acceptAnswer', keys: ['enter'], label: 'answer', help: 'Send what is typed.', scopes: ['answer'], priority: 1, guarded: true, twin: 'slipway status STAGE', run: ({ prompt }) => prompt && { type: 'answer', answer: prompt.text } },
  { id: 'erase', keys: ['backspace'], label: 'erase', help: 'Erase a character.', scopes: ['deploy', 'typeStage', 'answer', 'palette', 'views', 'columns', 'filter'], priority: 0, twin: 'view', run: () => ({ type: 'erased', what: 'character' }) },
  { id: 'eraseAll', keys: ['ctrl+u'], label: 'clear', help: 'Erase all that is typed.', scopes: ['deploy', 'typeStage', 'answer', 'palette', 'views', 'columns', 'filter'], priority: 3, twin: 'view', run: () => ({ type: 'erased', what: 'all' }) },

  { id: 'yes', keys: ['y'], label: 'yes', help: 'Do it.', scopes: ['ask'], priority: 1, guarded: true, danger: true, twin: 'slipway abort STAGE', run: agree },
  { id: 'trust', keys: ['y'], label: 'yes', help: 'Trust it.', scopes: ['trust'], priority: 1, guarded: true, twin: 'slipway status STAGE --accept-new-host-keys', run: () => ({ type: 'answer', answer: new Secret('yes') }) },
  { id: 'no', keys: ['n', 'esc', 'q'], label: 'no', help: 'Leave it as it is.', scopes: ['ask', 'trust'], priority: 1, twin: 'view', run: refuse },
  { id: 'cancel', keys: ['esc'], label: 'cancel', help: 'Close the question.', scopes: ['typeStage', 'answer', 'palette', 'views', 'columns'], priority: 1, twin: 'view', run: refuse },

  { id: 'finishFirst', keys: ['f'], label: 'finish, then stop', help: 'Finish the instance in hand, then leave; the rest waits.', scopes: ['quit'], priority: 1, guarded: true, twin: 'slipway pause STAGE', disabledReason: because.noFinishFirst, run: () => ({ type: 'quit', how: 'finishFirst' }) },
  { id: 'leave', keys: ['l'], label: 'leave now', help: 'Leave now: the host finishes the instance in hand by itself.', scopes: ['quit'], priority: 1, guarded: true, twin: 'slipway deploy STAGE --on-interrupt leave', run: () => ({ type: 'quit', how: 'leave' }) },
  { id: 'leaveRollback', keys: ['R'], label: 'roll back', help: 'Roll back: put every updated instance back, and watch it.', scopes: ['quit'], priority: 1, guarded: true, danger: true, twin: 'slipway abort STAGE --rollback', disabledReason: because.refused({ type: 'rollback' }), run: () => ({ type: 'send', intent: { type: 'rollback' } }) },
  { id: 'stay', keys: ['esc', 's', 'n'], label: 'stay', help: 'Stay here.', scopes: ['quit'], priority: 1, twin: 'view', run: () => ({ type: 'quit', how: 'stay' }) },

  { id: 'goOn', keys: ['c'], label: 'continue', help: 'Continue: do the rest of it; the plan is shown first.', scopes: ['unfinished'], priority: 1, guarded: true, danger: true, twin: 'slipway resume STAGE --continue', run: () => ({ type: 'plan', kind: 'continue', target: '' }) },
  { id: 'goBack', keys: ['R'], label: 'roll back', help: 'Roll back: to what was good before; the plan is shown first.', scopes: ['unfinished'], priority: 1, guarded: true, danger: true, twin: 'slipway resume STAGE --rollback', run: () => ({ type: 'plan', kind: 'goBack', target: '' }) },
  { id: 'accept', keys: ['a'], label: 'accept', help: 'Accept: leave it as it is, and give the stage free. Asks first.', scopes: ['unfinished'], priority: 1, guarded: true, danger: true, twin: 'slipway resume STAGE --accept', run: ({ now }) => ({ type: 'openDialog', dialog: askAbout('accept', now) }) },
  { id: 'later', keys: ['esc', 'l'], label: 'later', help: 'Later: w on the fleet brings this question back.', scopes: ['unfinished'], priority: 1, guarded: true, twin: 'view', run: () => ({ type: 'closeDialog' }) },

  { id: 'askPause', keys: ['p'], label: 'pause', help: 'Pause: finish the instance in hand, then wait.', scopes: ['elsewhere'], priority: 1, guarded: true, twin: 'slipway pause STAGE', run: (state) => wish(state, { type: 'pause' }) },
  { id: 'askResume', keys: ['r'], label: 'resume', help: 'Resume: go on with it when it is paused.', scopes: ['elsewhere'], priority: 1, guarded: true, twin: 'slipway resume STAGE', run: (state) => wish(state, { type: 'resume' }) },
  { id: 'askAbort', keys: ['a'], label: 'abort', help: 'Abort: stop it where it stands. Asks first.', scopes: ['elsewhere'], priority: 1, danger: true, guarded: true, twin: 'slipway abort STAGE', run: ({ now }) => ({ type: 'openDialog', dialog: askAbout('abort', now) }) },
  { id: 'askRollback', keys: ['R'], label: 'roll back', help: 'Roll back: every updated instance goes back. Asks first.', scopes: ['elsewhere'], priority: 1, danger: true, guarded: true, twin: 'slipway abort STAGE --rollback', run: ({ now }) => ({ type: 'openDialog', dialog: askAbout('rollback', now) }) },
  { id: 'close', keys: ['esc'], label: 'cancel', help: 'Close the question: it goes on as it does.', scopes: ['elsewhere'], priority: 1, twin: 'view', run: refuse },

  { id: 'keepFilter', keys: ['enter'], label: 'keep', help: 'Keep the list as it is now.', scopes: ['filter'], priority: 1, twin: 'view', run: refuse },
  { id: 'dropFilter', keys: ['esc'], label: 'as before', help: 'Show the list as it was before.', scopes: ['filter'], priority: 1, twin: 'view', run: dropFilter },

  { id: 'focusUp', keys: ['up', 'k', 'left'], label: 'up', help: 'Mark the one above.', scopes: CHOICES, priority: 0, twin: 'view', run: () => ({ type: 'move', to: 'up' }) },
  { id: 'focusDown', keys: ['down', 'j', 'tab', 'right'], label: 'down', help: 'Mark the one below.', scopes: CHOICES, priority: 0, twin: 'view', run: () => ({ type: 'move', to: 'down' }) },
  { id: 'removeView', keys: ['ctrl+x'], label: 'forget it', help: 'Forget the marked view.', scopes: ['views'], priority: 2, twin: 'view', run: removeView },
  { id: 'foundUp', keys: ['up'], label: 'up', help: 'Mark the one above.', scopes: ['palette', 'views', 'columns'], priority: 0, twin: 'view', run: () => ({ type: 'move', to: 'up' }) },
  { id: 'foundDown', keys: ['down', 'tab'], label: 'down', help: 'Mark the one below.', scopes: ['palette', 'views', 'columns'], priority: 0, twin: 'view', run: () => ({ type: 'move', to: 'down' }) },
];

/** Of the rollout that runs here, or of the one that runs elsewhere. */
export function wish(state: UiState, intent: WishedIntent): UserAction {
  return isRunning(state) ? { type: 'send', intent } : { type: 'tell', intent };
}

function agree(state: UiState): UserAction | undefined {
  const { dialog } = state;
  if (dialog?.name !== 'ask') return undefined;
  if (dialog.intent === 'accept') return { type: 'accept' };
  return wish(state, dialog.intent === 'approve' ? APPROVE : { type: dialog.intent });
}

function removeView(state: UiState): UserAction | undefined {
  const { dialog, remembered } = state;
  if (dialog?.name !== 'views') return undefined;
  const title = viewItems(state, dialog.text)[dialog.chosen]?.title;
  const isSaved = remembered.views.some(([name]) => name === title);
  return isSaved && title !== undefined ? { type: 'removeView', name: title } : undefined;
}

function dropFilter({ dialog }: UiState): readonly UserAction[] {
  const before = dialog?.name === 'filter' ? dialog.before : '';
  return [{ type: 'filter', text: before }, { type: 'closeDialog' }];
}

function refuse({ dialog }: UiState): UserAction {
  return dialog ? { type: 'closeDialog' } : { type: 'answer', answer: undefined };
}
