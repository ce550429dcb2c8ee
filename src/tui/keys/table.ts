import { APPROVE, retryOf, skipOf } from '../select/decisions.ts';
import type { Dialog, ScreenName, UiState } from '../state.ts';
import * as because from './disabled.ts';

/**
 * Where a key counts: on a screen, or in a dialog, which takes all keys while it is open. `answer` and `trust` are
 * questions of hosts and keys, for a text and for yes or no.
 */
export type Scope = ScreenName | Dialog['name'] | 'answer' | 'trust';

export type KeyId =
  | 'quit'
  | 'interrupt'
  | 'suspend'
  | 'help'
  | 'back'
  | 'up'
  | 'down'
  | 'pageUp'
  | 'pageDown'
  | 'first'
  | 'last'
  | 'openStage'
  | 'deploy'
  | 'releases'
  | 'reconcile'
  | 'refresh'
  | 'stages'
  | 'watch'
  | 'planRollback'
  | 'start'
  | 'pause'
  | 'resume'
  | 'abort'
  | 'rollback'
  | 'approve'
  | 'retry'
  | 'skip'
  | 'pane'
  | 'pin'
  | 'follow'
  | 'acceptRef'
  | 'acceptStage'
  | 'acceptAnswer'
  | 'cancel'
  | 'erase'
  | 'eraseAll'
  | 'yes'
  | 'no'
  | 'finishFirst'
  | 'leave'
  | 'leaveRollback'
  | 'stay'
  | 'goOn'
  | 'goBack'
  | 'accept'
  | 'later'
  | 'choose'
  | 'wayUp'
  | 'wayDown';

export interface KeyBinding {
  readonly id: KeyId;
  /** The first is shown in the footer. */
  readonly keys: readonly string[];
  /** A word for the footer. */
  readonly label: string;
  /** A sentence for the help screen and the README. */
  readonly help: string;
  readonly screens: readonly Scope[];
  /** The footer drops the highest first when it gets narrow; 0 is not in the footer at all. */
  readonly priority: number;
  /** Changes something on the hosts: never done before it was asked about. */
  readonly danger?: true;
  /** Takes no answer in the first moment: a key held down or typed ahead is none. */
  readonly guarded?: true;
  /** Undefined when it may be pressed now; else why not. */
  readonly disabledReason?: (state: UiState) => string | undefined;
}

const SCREENS: readonly ScreenName[] = ['stages', 'fleet', 'planning', 'review', 'rollout', 'releases', 'help'];
const LISTS: readonly ScreenName[] = ['stages', 'fleet', 'review', 'rollout', 'releases', 'help'];
/** Scopes that are questions: the README leaves them out. */
export const DIALOGS: readonly Scope[] = [
  ...(['ref', 'typeStage', 'ask', 'quit', 'answer', 'trust'] as const),
  ...(['unfinished', 'elsewhere'] as const),
];

/**
 * Every key there is. The footer, the help screen, the README and the resolver are made from it; a key that is not here
 * does nothing.
 */
// prettier-ignore
export const keyTable: readonly KeyBinding[] = [
  { id: 'openStage', keys: ['enter'], label: 'open', help: 'Open the stage.', screens: ['stages'], priority: 1 },
  { id: 'deploy', keys: ['d'], label: 'deploy', help: 'Deploy: asks for the ref, builds, shows the plan.', screens: ['fleet'], priority: 1, danger: true, disabledReason: because.noDeploy },
  { id: 'releases', keys: ['R'], label: 'releases', help: 'Show the releases, to roll back to one.', screens: ['fleet'], priority: 2, disabledReason: because.noSession },
  { id: 'reconcile', keys: ['c'], label: 'reconcile', help: 'Bring what has drifted to the release that the stage is on; the plan is shown first.', screens: ['fleet'], priority: 2, danger: true, disabledReason: because.noReconcile },
  { id: 'watch', keys: ['w'], label: 'rollout', help: 'Go to the rollout; of one that was not started here, say what becomes of it.', screens: ['fleet', 'releases'], priority: 1, disabledReason: because.noRollout },
  { id: 'planRollback', keys: ['enter', 'R'], label: 'roll back to it', help: 'Plan a rollback to the release; the plan is shown first.', screens: ['releases'], priority: 1, danger: true, disabledReason: because.noRollback },
  { id: 'start', keys: ['y'], label: 'start', help: 'Start what the plan says. A protected stage asks for its name.', screens: ['review'], priority: 1, danger: true, guarded: true, disabledReason: because.noStart },
  { id: 'pause', keys: ['p'], label: 'pause', help: 'Finish the instance in hand, then pause.', screens: ['rollout', 'elsewhere'], priority: 1, guarded: true, disabledReason: because.refused({ type: 'pause' }) },
  { id: 'resume', keys: ['r'], label: 'resume', help: 'Go on with a paused rollout.', screens: ['rollout', 'elsewhere'], priority: 1, guarded: true, disabledReason: because.refused({ type: 'resume' }) },
  { id: 'abort', keys: ['a'], label: 'abort', help: 'Stop where it stands; the instance in hand goes back. Asks first.', screens: ['rollout', 'elsewhere'], priority: 2, danger: true, guarded: true, disabledReason: because.refused({ type: 'abort' }) },
  { id: 'rollback', keys: ['R'], label: 'roll back', help: 'Put every updated instance back on its release before. Asks first.', screens: ['rollout', 'elsewhere'], priority: 2, danger: true, guarded: true, disabledReason: because.refused({ type: 'rollback' }) },
  { id: 'approve', keys: ['y'], label: 'approve', help: 'Let a canary or a slot go on, or accept a verdict that says nothing.', screens: ['rollout'], priority: 3, disabledReason: because.refused(APPROVE) },
  { id: 'retry', keys: ['t'], label: 'try again', help: 'Try the chosen instance again, or the first that failed.', screens: ['rollout'], priority: 4, disabledReason: because.refused(retryOf) },
  { id: 'skip', keys: ['s'], label: 'skip host', help: 'Leave the host of the chosen instance, or of the first that failed, as it is, and go on.', screens: ['rollout'], priority: 4, disabledReason: because.refused(skipOf) },
  { id: 'refresh', keys: ['r'], label: 'refresh', help: 'Read the hosts again.', screens: ['fleet', 'releases'], priority: 3 },
  { id: 'stages', keys: ['s'], label: 'stage', help: 'Choose another stage.', screens: ['fleet'], priority: 4, disabledReason: because.noOtherStage },
  { id: 'pin', keys: ['enter'], label: 'its log', help: 'Follow the log of the chosen instance.', screens: ['rollout'], priority: 5, disabledReason: because.noPin },
  { id: 'follow', keys: ['f'], label: 'follow', help: 'Follow the instance that is being changed, and the end of its log.', screens: ['rollout'], priority: 4, disabledReason: because.followsAlready },
  { id: 'pane', keys: ['tab'], label: 'log/list', help: 'Move the arrows between the instances and the log.', screens: ['rollout'], priority: 5 },
  { id: 'back', keys: ['esc'], label: 'back', help: 'Go back; while planning, stop planning.', screens: SCREENS, priority: 3, disabledReason: because.noWayBack },
  { id: 'help', keys: ['?'], label: 'help', help: 'Show the keys.', screens: SCREENS.filter((screen) => screen !== 'help'), priority: 2 },
  { id: 'quit', keys: ['q'], label: 'quit', help: 'Leave slipway; asks while a rollout runs.', screens: SCREENS, priority: 2 },
  { id: 'up', keys: ['up', 'k'], label: 'up', help: 'One line up.', screens: LISTS, priority: 0 },
  { id: 'down', keys: ['down', 'j'], label: 'down', help: 'One line down.', screens: LISTS, priority: 0 },
  { id: 'pageUp', keys: ['pageUp', 'ctrl+u'], label: 'page up', help: 'One page up.', screens: LISTS, priority: 0 },
  { id: 'pageDown', keys: ['pageDown', 'ctrl+d'], label: 'page down', help: 'One page down.', screens: LISTS, priority: 0 },
  { id: 'first', keys: ['g', 'home'], label: 'first', help: 'To the first line.', screens: LISTS, priority: 0 },
  { id: 'last', keys: ['G', 'end'], label: 'last', help: 'To the last line.', screens: LISTS, priority: 0 },
  { id: 'suspend', keys: ['ctrl+z'], label: 'suspend', help: 'Put slipway into the background; `fg` brings it back.', screens: SCREENS, priority: 0 },
  { id: 'interrupt', keys: ['ctrl+c'], label: 'quit', help: 'Like q; a second time leaves at once.', screens: [...SCREENS, ...DIALOGS], priority: 0 },

  { id: 'acceptRef', keys: ['enter'], label: 'build and plan', help: 'Build this ref and show the plan.', screens: ['ref'], priority: 1 },
  { id: 'acceptStage', keys: ['enter'], label: 'start', help: 'Start, once the name of the stage is typed.', screens: ['typeStage'], priority: 1, disabledReason: because.notTyped },
  { id: 'acceptAnswer', keys: ['enter'], label: 'answer', help: 'Send what is typed.', screens: ['answer'], priority: 1, guarded: true },
  { id: 'erase', keys: ['backspace'], label: 'erase', help: 'Erase a character.', screens: ['ref', 'typeStage', 'answer'], priority: 0 },
  { id: 'eraseAll', keys: ['ctrl+u'], label: 'clear', help: 'Erase all that is typed.', screens: ['ref', 'typeStage', 'answer'], priority: 3 },
  { id: 'yes', keys: ['y'], label: 'yes', help: 'Do it.', screens: ['ask', 'trust'], priority: 1, guarded: true },
  { id: 'no', keys: ['n', 'esc', 'q'], label: 'no', help: 'Leave it as it is.', screens: ['ask', 'trust'], priority: 1 },
  { id: 'cancel', keys: ['esc'], label: 'cancel', help: 'Close the question.', screens: ['ref', 'typeStage', 'answer', 'elsewhere'], priority: 1 },
  { id: 'finishFirst', keys: ['f'], label: 'finish, then stop', help: 'Finish the instance in hand, then leave; the rest waits.', screens: ['quit'], priority: 1, guarded: true, disabledReason: because.noFinishFirst },
  { id: 'leave', keys: ['l'], label: 'leave now', help: 'Leave now: the host finishes the instance in hand by itself.', screens: ['quit'], priority: 1, guarded: true },
  { id: 'leaveRollback', keys: ['R'], label: 'roll back', help: 'Roll back: put every updated instance back, and watch it.', screens: ['quit'], priority: 1, guarded: true, danger: true, disabledReason: because.refused({ type: 'rollback' }) },
  { id: 'stay', keys: ['esc', 's', 'n'], label: 'stay', help: 'Stay here.', screens: ['quit'], priority: 1 },
  { id: 'goOn', keys: ['c'], label: 'continue', help: 'Continue: do the rest of it; the plan is shown first.', screens: ['unfinished'], priority: 1, guarded: true, danger: true },
  { id: 'goBack', keys: ['R'], label: 'roll back', help: 'Roll back: to what was good before; the plan is shown first.', screens: ['unfinished'], priority: 1, guarded: true, danger: true },
  { id: 'accept', keys: ['a'], label: 'accept', help: 'Accept: leave it as it is, and give the stage free. Asks first.', screens: ['unfinished'], priority: 1, guarded: true, danger: true },
  { id: 'later', keys: ['esc', 'l'], label: 'later', help: 'Later: w on the fleet brings this question back.', screens: ['unfinished'], priority: 1, guarded: true },
  { id: 'choose', keys: ['enter'], label: 'choose', help: 'Do what is marked.', screens: ['unfinished'], priority: 2, guarded: true },
  { id: 'wayUp', keys: ['up', 'k'], label: 'up', help: 'Mark the one above.', screens: ['unfinished'], priority: 0, guarded: true },
  { id: 'wayDown', keys: ['down', 'j', 'tab'], label: 'down', help: 'Mark the one below.', screens: ['unfinished'], priority: 0, guarded: true },
];

export function scopeOf(state: UiState): Scope {
  return state.dialog?.name ?? askedFor(state) ?? state.screens.at(-1) ?? 'stages';
}

function askedFor({ prompt }: UiState): Scope | undefined {
  return prompt && (prompt.words.answer === 'yesNo' ? 'trust' : 'answer');
}

export function bindingsOf(scope: Scope): readonly KeyBinding[] {
  return keyTable.filter((binding) => binding.screens.includes(scope));
}
