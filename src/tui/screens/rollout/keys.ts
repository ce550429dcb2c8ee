import type { UserAction } from '../../actions.ts';
import { askAbout } from '../../dialogs/choice.ts';
import { wish } from '../../dialogs/keys.ts';
import * as because from '../../keys/because.ts';
import type { Binding } from '../../keys/binding.ts';
import type { Decision } from '../../../rollout/session.ts';
import { APPROVE, retryOf, skipOf } from './decisions.ts';
import { instanceCursor, instanceLines } from './select.ts';

// prettier-ignore
export const rolloutKeys: readonly Binding[] = [
  { id: 'pause', keys: ['p'], label: 'pause', help: 'Finish the instance in hand, then pause.', scopes: ['rollout'], priority: 1, twin: 'slipway pause STAGE', disabledReason: because.refused({ type: 'pause' }), run: (state) => wish(state, { type: 'pause' }) },
  { id: 'resume', keys: ['r'], label: 'resume', help: 'Go on with a paused rollout.', scopes: ['rollout'], priority: 1, twin: 'slipway resume STAGE', disabledReason: because.refused({ type: 'resume' }), run: (state) => wish(state, { type: 'resume' }) },
  { id: 'abort', keys: ['a'], label: 'abort', help: 'Stop where it stands; the instance in hand goes back. Asks first.', scopes: ['rollout'], priority: 2, danger: true, twin: 'slipway abort STAGE', disabledReason: because.refused({ type: 'abort' }), run: ({ now }) => ({ type: 'openDialog', dialog: askAbout('abort', now) }) },
  { id: 'rollback', keys: ['R'], label: 'roll back', help: 'Put every updated instance back on its release before. Asks first.', scopes: ['rollout'], priority: 2, danger: true, twin: 'slipway abort STAGE --rollback', disabledReason: because.refused({ type: 'rollback' }), run: ({ now }) => ({ type: 'openDialog', dialog: askAbout('rollback', now) }) },
  { id: 'approve', keys: ['y'], label: 'approve', help: 'Let a canary or a slot go on, or accept a verdict that says nothing.', scopes: ['rollout'], priority: 3, twin: 'slipway approve STAGE', disabledReason: because.refused(APPROVE), run: () => ({ type: 'send', intent: APPROVE }) },
  { id: 'retry', keys: ['t'], label: 'try again', help: 'Try the chosen instance again, or the first that failed.', scopes: ['rollout'], priority: 4, twin: 'slipway retry STAGE INSTANCE', disabledReason: because.refused(retryOf), run: (state) => sends(retryOf(state)) },
  { id: 'skip', keys: ['x'], label: 'skip host', help: 'Leave the host of the chosen instance, or of the first that failed, as it is, and go on.', scopes: ['rollout'], priority: 4, twin: 'slipway skip STAGE HOST', disabledReason: because.refused(skipOf), run: (state) => sends(skipOf(state)) },
  { id: 'pin', keys: ['enter'], label: 'its log', help: 'Follow the log of the chosen instance.', scopes: ['rollout'], priority: 5, twin: 'view', disabledReason: because.noPin, run: ({ rollout, cursor }) => {
    const chosen = rollout && instanceLines(rollout.state)[instanceCursor(rollout, cursor.instances)];
    return chosen && { type: 'pin', instance: chosen.id };
  } },
  { id: 'follow', keys: ['f'], label: 'follow', help: 'Follow the instance that is being changed, and the end of its log.', scopes: ['rollout'], priority: 4, twin: 'view', disabledReason: because.followsAlready, run: () => ({ type: 'follow' }) },
  { id: 'pane', keys: ['tab'], label: 'log/list', help: 'Move the arrows between the instances and the log.', scopes: ['rollout'], priority: 5, twin: 'view', run: () => ({ type: 'switchPane' }) },
];

function sends(intent: Decision | undefined): UserAction | undefined {
  return intent && { type: 'send', intent };
}
