import type { UserAction } from '../../actions.ts';
import { askAbout } from '../../dialogs/choice.ts';
import { wish } from '../../dialogs/keys.ts';
import * as because from '../../keys/because.ts';
import type { Binding } from '../../keys/binding.ts';
import type { Decision } from '../../../rollout/session.ts';
import type { UiState } from '../../state.ts';
import { followsAlready, nothingFailed, nothingGathered, nothingToOpen } from './because.ts';
import { APPROVE, failedBeside, retryOf, skipOf, shellOf } from './decisions.ts';
import { shownEvidence } from './evidence.ts';
import { chosenLine } from './tree.ts';

// prettier-ignore
export const rolloutKeys: readonly Binding[] = [
  { id: 'pause', keys: ['p'], label: 'pause', help: 'Finish the instance in hand, then pause.', scopes: ['rollout'], priority: 1, twin: 'slipway pause STAGE', disabledReason: because.refused({ type: 'pause' }), run: (state) => wish(state, { type: 'pause' }) },
  { id: 'resume', keys: ['r'], label: 'resume', help: 'Go on with a paused rollout.', scopes: ['rollout'], priority: 1, twin: 'slipway resume STAGE', disabledReason: because.refused({ type: 'resume' }), run: (state) => wish(state, { type: 'resume' }) },
  { id: 'abort', keys: ['a'], label: 'abort', help: 'Stop where it stands; the instance in hand goes back. Asks first.', scopes: ['rollout'], priority: 2, danger: true, twin: 'slipway abort STAGE', disabledReason: because.refused({ type: 'abort' }), run: ({ now }) => ({ type: 'openDialog', dialog: askAbout('abort', now) }) },
  { id: 'rollback', keys: ['R'], label: 'roll back', help: 'Put every updated instance back on its release before. Asks first.', scopes: ['rollout'], priority: 2, danger: true, twin: 'slipway abort STAGE --rollback', disabledReason: because.refused({ type: 'rollback' }), run: ({ now }) => ({ type: 'openDialog', dialog: askAbout('rollback', now) }) },
  { id: 'approve', keys: ['y'], label: 'approve', help: 'Let a canary or a slot go on, or accept a verdict that says nothing. Asks first on a protected stage.', scopes: ['rollout'], priority: 3, twin: 'slipway approve STAGE', disabledReason: because.refused(APPROVE), run: approve },
  { id: 'retry', keys: ['t'], label: 'try again', help: 'Try the chosen instance again, or the first that failed.', scopes: ['rollout'], priority: 4, twin: 'slipway retry STAGE INSTANCE', disabledReason: because.refused(retryOf), run: (state) => sends(retryOf(state)) },
  { id: 'skip', keys: ['x'], label: 'skip host', help: 'Leave the host of the chosen instance, or of the first that failed, as it is, and go on.', scopes: ['rollout'], priority: 4, twin: 'slipway skip STAGE HOST', disabledReason: because.refused(skipOf), run: (state) => sends(skipOf(state)) },
  { id: 'shellOnHost', keys: ['s'], label: 'ssh', help: 'Open a shell on the host of the chosen instance; the rollout goes on meanwhile.', scopes: ['rollout'], priority: 5, twin: 'slipway ssh STAGE HOST', disabledReason: (state) => (shellOf(state) ? undefined : 'no instance is chosen or at work'), run: (state) => {
    const place = shellOf(state);
    return place && { type: 'shell', ...place };
  } },
  { id: 'nextFailed', keys: ['e'], label: 'next failed', help: 'To the next instance that has failed.', scopes: ['rollout'], priority: 5, twin: 'view', disabledReason: nothingFailed, run: (state) => goTo(failedBeside(state, 'next')) },
  { id: 'previousFailed', keys: ['E'], label: 'previous failed', help: 'To the instance before that has failed.', scopes: ['rollout'], priority: 0, twin: 'view', disabledReason: nothingFailed, run: (state) => goTo(failedBeside(state, 'previous')) },
  { id: 'evidence', keys: ['b'], label: 'why/log', help: 'Show why the instance has failed (exit, unit, ports, answer, last lines), or its log.', scopes: ['rollout'], priority: 4, twin: 'view', disabledReason: nothingGathered, run: ({ rollout }) => rollout && { type: 'showOf', what: shownEvidence(rollout) === undefined ? 'evidence' : 'log' } },
  { id: 'pin', keys: ['enter'], label: 'open', help: 'Open or close the chosen step; follow the log of the chosen instance, or show why it has failed.', scopes: ['rollout'], priority: 5, twin: 'view', disabledReason: nothingToOpen, run: open },
  { id: 'follow', keys: ['f'], label: 'follow', help: 'Follow the instance that is being changed, and the end of its log.', scopes: ['rollout'], priority: 4, twin: 'view', disabledReason: followsAlready, run: () => ({ type: 'follow' }) },
  { id: 'pane', keys: ['tab'], label: 'tree/details', help: 'Move the arrows between the steps and the details; on a narrow screen, show the one or the other.', scopes: ['rollout'], priority: 5, twin: 'view', run: () => ({ type: 'switchPane' }) },
];

/** On a protected stage no one key lets a release spread. */
function approve({ session, now }: UiState): UserAction {
  return session?.protected
    ? { type: 'openDialog', dialog: askAbout('approve', now) }
    : { type: 'send', intent: APPROVE };
}

function sends(intent: Decision | undefined): UserAction | undefined {
  return intent && { type: 'send', intent };
}

function goTo(line: string | undefined): UserAction | undefined {
  return line === undefined ? undefined : { type: 'toLine', line };
}

function open(state: UiState): UserAction | undefined {
  const line = state.rollout && chosenLine(state, state.rollout);
  if (!line) return undefined;
  if (line.type === 'instance') return { type: 'pin', instance: line.key };
  return { type: 'foldStep', index: line.at.index, to: line.isOpen ? 'closed' : 'open' };
}
