import type { UserAction } from '../../actions.ts';
import * as because from '../../keys/because.ts';
import type { Binding, Twin } from '../../keys/binding.ts';
import type { UiState } from '../../state.ts';
import { fleetLines } from '../fleet/narrow.ts';
import { besideOf, turned } from './beside.ts';
import { cursorOf } from './move.ts';
import { hostOf } from '../../../logs/names.ts';
import { hostsOf } from './sources.ts';
import type { LogEntry } from './ring.ts';
import type { LogsWish } from './state.ts';

/** What follows logs on the command line. */
const TWIN: Twin = 'slipway logs STAGE';

const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];

// prettier-ignore
export const logsKeys: readonly Binding[] = [
  { id: 'logs', keys: ['L'], label: 'logs', help: 'Follow the logs of all instances; from the fleet, those of the instance under the cursor, or of the host that is shown alone.', scopes: ['fleet', 'rollout', 'releases'], priority: 3, twin: TWIN, disabledReason: because.noSession, run: open },
  { id: 'pauseLogs', keys: [' '], label: 'pause', help: 'Let the lines stand still while more come, or follow them again.', scopes: ['logs'], priority: 1, twin: 'view', run: ({ logs }) => wish({ type: logs?.held ? 'follow' : 'pause' }) },
  { id: 'filterLogs', keys: ['/'], label: 'filter', help: 'Show only lines that match: words, -not this, level:warn, host:fra, status>=500, since:10m, /an expression/.', scopes: ['logs'], priority: 2, twin: 'view', run: ({ logs }) => typing(logs?.filter) },
  { id: 'findInLogs', keys: ['f'], label: 'find', help: 'Mark a text, or /an expression/, wherever it stands, without hiding other lines.', scopes: ['logs'], priority: 3, twin: 'view', run: ({ logs }) => typing(logs?.find, 'find') },
  { id: 'nextHit', keys: ['n'], label: 'next hit', help: 'To the next line with the text that was looked for.', scopes: ['logs'], priority: 5, twin: 'view', disabledReason: noFind, run: () => wish({ type: 'jump', to: 'hit', step: 1 }) },
  { id: 'previousHit', keys: ['N'], label: 'previous hit', help: 'To the line before with the text that was looked for.', scopes: ['logs'], priority: 5, twin: 'view', disabledReason: noFind, run: () => wish({ type: 'jump', to: 'hit', step: -1 }) },
  { id: 'nextError', keys: ['e'], label: 'next error', help: 'To the next line that tells of an error.', scopes: ['logs'], priority: 0, twin: 'view', run: () => wish({ type: 'jump', to: 'error', step: 1 }) },
  { id: 'previousError', keys: ['E'], label: 'error before', help: 'To the line before that tells of an error.', scopes: ['logs'], priority: 3, twin: 'view', run: () => wish({ type: 'jump', to: 'error', step: -1 }) },
  { id: 'nextMark', keys: [']'], label: 'next change', help: 'To the next change of the stage: a release that was switched to, a rollout that ended.', scopes: ['logs'], priority: 0, twin: 'view', run: () => wish({ type: 'jump', to: 'mark', step: 1 }) },
  { id: 'previousMark', keys: ['['], label: 'change before', help: 'To the change of the stage before.', scopes: ['logs'], priority: 6, twin: 'view', run: () => wish({ type: 'jump', to: 'mark', step: -1 }) },
  { id: 'goToTime', keys: ['T'], label: 'go to time', help: 'To the first line from a time on: 14:30, 10m (ago), 2026-11-30T14:30Z.', scopes: ['logs'], priority: 6, twin: 'view', disabledReason: noLine, run: () => typing('', 'goToTime') },
  { id: 'olderLogs', keys: ['o'], label: 'older', help: 'Fetch lines from the hosts that were written before these.', scopes: ['logs'], priority: 5, twin: 'view', run: () => ({ type: 'olderLogs' }) },
  { id: 'beside', keys: ['c'], label: 'compare', help: 'Show the instance of the line beside another one, each in its half; or all again.', scopes: ['logs'], priority: 6, twin: 'view', disabledReason: nothingBeside, run: ({ logs }) => logs && wish({ type: 'beside', beside: logs.beside ? undefined : besideOf(logs, leftOf(logs)!) }) },
  { id: 'turnBeside', keys: ['tab'], label: 'other one', help: 'While two instances are compared: with the next one.', scopes: ['logs'], priority: 0, twin: 'view', disabledReason: ({ logs }) => (logs?.beside ? undefined : 'nothing is compared (c)'), run: ({ logs }) => (logs?.beside ? wish({ type: 'beside', beside: turned(logs, logs.beside) }) : undefined) },
  { id: 'oneHost', keys: DIGITS, label: 'one host', help: 'Show the host of that number alone; the same key again shows all.', scopes: ['logs'], priority: 5, twin: 'view', run: oneHost },
  { id: 'allHosts', keys: ['0'], label: 'all hosts', help: 'Show the lines of all hosts.', scopes: ['logs'], priority: 5, twin: 'view', disabledReason: ({ logs }) => (logs?.alone === undefined ? 'all are shown' : undefined), run: () => wish({ type: 'alone', alone: undefined }) },
  { id: 'wholeLine', keys: ['enter'], label: 'whole line', help: 'Show one line whole, with its fields.', scopes: ['logs'], priority: 4, twin: 'view', disabledReason: noLine, run: () => wish({ type: 'open' }) },
  { id: 'wrapLines', keys: ['w'], label: 'wrap', help: 'Wrap long lines, or cut them.', scopes: ['logs'], priority: 6, twin: 'view', run: () => wish({ type: 'wrap' }) },
  { id: 'lineFields', keys: ['F'], label: 'fields', help: 'Show what lines bring besides their message behind it, or fold it.', scopes: ['logs'], priority: 7, twin: 'view', run: () => wish({ type: 'fields' }) },
  { id: 'linesLeft', keys: ['h', 'left'], label: 'left', help: 'Half a screen to the left.', scopes: ['logs'], priority: 0, twin: 'view', disabledReason: noSideways, run: () => wish({ type: 'sideways', to: 'left' }) },
  { id: 'linesRight', keys: ['l', 'right'], label: 'right', help: 'Half a screen to the right, to where long lines go on.', scopes: ['logs'], priority: 0, twin: 'view', disabledReason: noSideways, run: () => wish({ type: 'sideways', to: 'right' }) },
  { id: 'lineTime', keys: ['t'], label: 'time', help: 'Show when lines came: as a time (UTC), as an age, or not.', scopes: ['logs'], priority: 7, twin: 'view', run: () => wish({ type: 'time' }) },
  { id: 'copyLine', keys: ['y'], label: 'copy line', help: 'Copy the line.', scopes: ['logs', 'logLine'], priority: 7, twin: 'view', disabledReason: noLine, run: (state) => ({ type: 'copy', text: lineOf(state)?.text ?? '' }) },
  { id: 'saveLogs', keys: ['ctrl+s'], label: 'save', help: 'Save the lines that are shown to a new file in the current folder.', scopes: ['logs'], priority: 7, twin: TWIN, disabledReason: noLine, run: () => ({ type: 'saveLogs' }) },
  { id: 'retryLogs', keys: ['r'], label: 'try again', help: 'Ask again for logs that could not be read.', scopes: ['logs'], priority: 0, twin: 'view', run: () => ({ type: 'retryLogs' }) },
];

function wish(of: LogsWish): UserAction {
  return { type: 'inLogs', wish: of };
}

function typing(text = '', does?: 'find' | 'goToTime'): UserAction {
  return { type: 'openDialog', dialog: { name: 'filter', text, before: text, ...(does && { does }) } };
}

function open(state: UiState): UserAction {
  const { screens, fleet, cursor } = state;
  if (screens.at(-1) !== 'fleet') return { type: 'openLogs', alone: undefined };
  const line = fleetLines(state)[cursor.fleet];
  return { type: 'openLogs', alone: line?.type === 'instance' ? line.id : fleet.solo };
}

/** Where no number is typed, the host of the line under the cursor. */
function oneHost(state: UiState, key?: string): UserAction | undefined {
  const { logs } = state;
  if (!logs) return undefined;
  const source = lineOf(state)?.source;
  const host = key === undefined ? source && hostOf(source) : hostsOf(logs)[Number(key) - 1];
  return host === undefined ? undefined : wish({ type: 'alone', alone: host });
}

/** The one that is shown whole, or the one under the cursor. */
function lineOf({ logs, screens }: UiState): LogEntry | undefined {
  if (screens.at(-1) === 'logLine') return logs?.opened?.entry;
  return logs?.shown.at(cursorOf(logs));
}

/** The instance that is shown alone, or that of the line under the cursor. */
function leftOf(logs: NonNullable<UiState['logs']>): string | undefined {
  const { alone, sources, shown } = logs;
  const source = alone !== undefined && sources.includes(alone) ? alone : shown.at(cursorOf(logs))?.source;
  return source === undefined || source === '' ? sources[0] : source;
}

function nothingBeside({ logs }: UiState): string | undefined {
  return logs && logs.sources.length > 1 ? undefined : 'there is only one instance';
}

function noLine(state: UiState): string | undefined {
  return lineOf(state) ? undefined : 'there is no line';
}

function noFind({ logs }: UiState): string | undefined {
  return logs?.find ? undefined : 'nothing is looked for (f)';
}

function noSideways({ logs }: UiState): string | undefined {
  return logs?.lines === 'wrapped' ? 'lines are wrapped (w)' : undefined;
}
