import type { UserAction } from '../../actions.ts';
import { standingDialog } from '../../dialogs/reduce.ts';
import * as because from '../../keys/because.ts';
import type { Binding } from '../../keys/binding.ts';
import { fleetLines } from './narrow.ts';
import { hostOfLine } from './select.ts';
import { isRunning, type UiState } from '../../state.ts';

// prettier-ignore
export const fleetKeys: readonly Binding[] = [
  { id: 'deploy', keys: ['d'], label: 'deploy', help: 'Deploy: choose a branch, tag or commit; the plan is shown first.', scopes: ['fleet'], priority: 1, danger: true, twin: 'slipway deploy STAGE', disabledReason: because.noDeploy, run: () => ({ type: 'show', screen: 'deploy' }) },
  { id: 'releases', keys: ['R'], label: 'releases', help: 'Show the releases, to roll back to one.', scopes: ['fleet'], priority: 2, twin: 'slipway releases STAGE', disabledReason: because.noSession, run: () => ({ type: 'show', screen: 'releases' }) },
  { id: 'history', keys: ['H'], label: 'history', help: 'Show who changed what, and how it ended.', scopes: ['fleet'], priority: 6, twin: 'slipway history STAGE', disabledReason: because.noSession, run: () => ({ type: 'show', screen: 'history' }) },
  { id: 'reconcile', keys: ['c'], label: 'reconcile', help: 'Bring what has drifted to the release that the stage is on; the plan is shown first.', scopes: ['fleet'], priority: 2, danger: true, twin: 'slipway reconcile STAGE', disabledReason: because.noReconcile, run: () => ({ type: 'plan', kind: 'reconcile', target: '' }) },
  { id: 'watch', keys: ['w'], label: 'rollout', help: 'Go to the rollout; of one that was not started here, say what becomes of it.', scopes: ['fleet', 'releases'], priority: 1, twin: 'slipway resume STAGE', disabledReason: because.noRollout, run: watch },
  { id: 'refresh', keys: ['r'], label: 'refresh', help: 'Read the hosts again.', scopes: ['fleet', 'releases', 'doctor'], priority: 3, twin: 'slipway status STAGE', run: () => ({ type: 'refresh' }) },
  { id: 'doctor', keys: ['D'], label: 'doctor', help: 'Look at the way to every host, its disk, tools, rights and clock, each with its mend.', scopes: ['fleet'], priority: 6, twin: 'slipway doctor STAGE', disabledReason: because.noSession, run: () => ({ type: 'show', screen: 'doctor' }) },
  { id: 'shell', keys: ['s'], label: 'ssh', help: 'Open a shell on the host, in the folder of the release; slipway waits behind it.', scopes: ['fleet'], priority: 5, twin: 'slipway ssh STAGE HOST', disabledReason: because.noSession, run: shell },
  { id: 'filter', keys: ['/'], label: 'filter', help: 'Show only what matches: words, !not this, host:fra, state:failed, re:an expression.', scopes: ['fleet'], priority: 5, twin: 'view', disabledReason: because.noSession, run: ({ fleet }) => ({ type: 'openDialog', dialog: { name: 'filter', text: fleet.filter, before: fleet.filter } }) },
  { id: 'solo', keys: ['o'], label: 'this host alone', help: 'Show the host under the cursor alone, or all again.', scopes: ['fleet'], priority: 6, twin: 'view', disabledReason: because.noSession, run: solo },
  { id: 'shape', keys: ['v'], label: 'tree/table', help: 'Show instances below their hosts, or all in one list with what is wrong first.', scopes: ['fleet'], priority: 6, twin: 'view', run: ({ fleet }) => ({ type: 'shape', shape: fleet.shape === 'tree' ? 'table' : 'tree' }) },
  { id: 'views', keys: ['V'], label: 'views', help: 'Saved views: open one, or save what is shown.', scopes: ['fleet'], priority: 0, twin: 'view', run: () => ({ type: 'openDialog', dialog: { name: 'views', text: '', chosen: 0 } }) },
  { id: 'columns', keys: ['C'], label: 'columns', help: 'Choose the columns.', scopes: ['fleet'], priority: 0, twin: 'view', run: () => ({ type: 'openDialog', dialog: { name: 'columns', text: '', chosen: 0 } }) },
  { id: 'nextStage', keys: [']'], label: 'next stage', help: 'Go to the next stage.', scopes: ['fleet'], priority: 0, twin: 'slipway STAGE', disabledReason: because.noOtherStage, run: toStage(1) },
  { id: 'previousStage', keys: ['['], label: 'previous stage', help: 'Go to the stage before.', scopes: ['fleet'], priority: 0, twin: 'slipway STAGE', disabledReason: because.noOtherStage, run: toStage(-1) },
  { id: 'stages', keys: ['S'], label: 'stage', help: 'Choose another stage.', scopes: ['fleet'], priority: 4, twin: 'slipway STAGE', disabledReason: because.noOtherStage, run: () => ({ type: 'show', screen: 'stages' }) },
];

function toStage(by: 1 | -1): (state: UiState) => UserAction {
  return ({ stages, stage }) => {
    const at = stages.findIndex((one) => one.stage === stage) + by;
    return { type: 'openStage', stage: stages[(at + stages.length) % stages.length]!.stage };
  };
}

function solo(state: UiState): UserAction | undefined {
  if (state.fleet.solo !== undefined) return { type: 'solo', host: undefined };
  const line = fleetLines(state)[state.cursor.fleet];
  return line && { type: 'solo', host: hostOfLine(line) };
}

/** On the host under the cursor. */
function shell(state: UiState): UserAction | undefined {
  const line = fleetLines(state)[state.cursor.fleet];
  if (!line) return undefined;
  return line.type === 'host'
    ? { type: 'shell', host: line.host, instance: undefined }
    : { type: 'shell', host: line.on.host, instance: line.id };
}

/** The rollout that runs here; else the one that was not started here. */
function watch(state: UiState): UserAction {
  const { standing, now } = state;
  if (isRunning(state) || !standing) return { type: 'show', screen: 'rollout' };
  return { type: 'openDialog', dialog: standingDialog(standing, now) };
}
