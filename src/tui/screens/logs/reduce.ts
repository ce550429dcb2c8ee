import { unreachable } from '../../../base/errors.ts';
import type { Action } from '../../actions.ts';
import { bodyOf } from '../../layout.ts';
import { screenOf, type UiState } from '../../state.ts';
import { layoutOf } from './geometry.ts';
import { grouped } from '../../../base/text.ts';
import { parseWhen } from '../../../logs/when.ts';
import { following, heldAt, withOlder } from './hold.ts';
import { isError } from '../../../logs/levels.ts';
import { atTime, cursorOf, jumped } from './move.ts';
import { shortNames } from '../../../logs/names.ts';
import { renarrowed } from './narrow.ts';
import { type Arrival, LogRing } from './ring.ts';
import { Shown, type Wanted } from './shown.ts';
import type { LogsView, LogsWish } from './state.ts';
import { TRACE } from '../../../logs/joined.ts';
import { Tallies } from './tally.ts';
import { parseFilter } from '../../../logs/filter.ts';
import { found } from './find.ts';
import { lineText } from './line-text.ts';

type LogsAction = Extract<Action, { readonly type: 'openLogs' | 'inLogs' | 'linesArrived' | 'olderArrived' }>;

export function reduceLogs(state: UiState, action: LogsAction): UiState {
  if (action.type === 'openLogs') return opened(state, action.alone);
  const { logs } = state;
  if (!logs) return state;
  if (action.type === 'linesArrived') return { ...state, logs: arrived(logs, action.lines) };
  if (action.type === 'olderArrived') return older(state, logs, action.lines);
  const { wish } = action;
  if (wish.type === 'jump') return jump(state, logs, wish);
  if (wish.type === 'open') return openLine(state, logs);
  return { ...state, logs: wished(state, logs, wish) };
}

export function isInLogs(state: UiState): boolean {
  return screenOf(state) === 'logs';
}

/** What is typed into the filter, or what is looked for. */
export function reduceTyped(state: UiState, text: string): UiState {
  const { logs, dialog } = state;
  if (!logs) return state;
  const does = dialog?.name === 'filter' ? dialog.does : undefined;
  if (does === 'goToTime') return { ...state, logs: atTime(state, parseWhen(text, { now: state.now })) ?? logs };
  if (does === 'find') return { ...state, logs: { ...logs, find: text, finding: found(text) } };
  const narrowing = parseFilter(text, { now: state.now });
  return { ...state, logs: renarrowed({ ...logs, filter: text, narrowing }) };
}

/** All begins anew but for how lines are shown. */
function opened(state: UiState, alone: string | undefined): UiState {
  const sources = state.session?.instances ?? [];
  const { lines = 'cut', time = 'clock', fields = 'shown' } = state.logs ?? {};
  const nothing = { filter: '', narrowing: parseFilter(''), find: '', finding: undefined };
  const none = { ...nothing, beside: undefined, sideways: 0, held: undefined, opened: undefined };
  const kept = { ring: new LogRing(), tallies: new Tallies(), shown: new Shown(() => true) };
  const logs = renarrowed({ ...none, ...kept, sources, names: shortNames(sources), alone, lines, time, fields });
  const below = state.screens.filter((one) => one !== 'logs' && one !== 'logLine');
  return { ...state, logs, screens: [...below, 'logs'] };
}

/** Into the ring, once; see there why that is changed in place. */
function arrived(logs: LogsView, lines: readonly Arrival[]): LogsView {
  const { ring, shown, tallies } = logs;
  for (const line of lines) {
    ring.push(line);
    tallies.take(line);
  }
  if (logs.held) shown.wait(ring);
  else shown.take(ring);
  return { ...logs };
}

function wished(state: UiState, logs: LogsView, wish: Exclude<LogsWish, { type: 'jump' | 'open' }>): LogsView {
  switch (wish.type) {
    case 'alone':
      return renarrowed({ ...logs, alone: wish.alone === logs.alone ? undefined : wish.alone });
    case 'wrap':
      return { ...logs, lines: logs.lines === 'cut' ? 'wrapped' : 'cut', sideways: 0 };
    case 'time':
      return { ...logs, time: ({ clock: 'relative', relative: 'off', off: 'clock' } as const)[logs.time] };
    case 'beside':
      return renarrowed({ ...logs, beside: wish.beside, alone: undefined });
    case 'fields':
      return { ...logs, fields: logs.fields === 'shown' ? 'folded' : 'shown' };
    case 'sideways': {
      const half = Math.floor(layoutOf(logs, bodyOf(state)).text / 2);
      return { ...logs, sideways: Math.max(0, logs.sideways + (wish.to === 'right' ? half : -half)) };
    }
    case 'pause':
      return heldAt(logs, state.now);
    case 'follow':
      return following(logs);
    default:
      return unreachable(wish);
  }
}

function jump(state: UiState, logs: LogsView, { to, step }: Extract<LogsWish, { type: 'jump' }>): UiState {
  const next = jumped(state, aims(logs)[to], step);
  if (next) return { ...state, logs: next };
  const what = { error: 'error line', hit: `"${logs.find}"`, mark: 'change of the stage' }[to];
  const text = `no ${what} ${step === 1 ? 'below' : 'above'}`;
  return { ...state, notice: { text, style: 'warn', at: state.now } };
}

/** What a jump may end at. A stack trace is no error of its own. */
function aims({ finding }: LogsView): Readonly<Record<'hit' | 'error' | 'mark', Wanted>> {
  return {
    hit: (entry) => finding?.test(lineText(entry, 'shown')) ?? false,
    error: ({ level, format }) => isError(level) && format !== TRACE,
    mark: ({ kind }) => kind === 'mark',
  };
}

function older(state: UiState, logs: LogsView, lines: readonly Arrival[]): UiState {
  const many = `${grouped(lines.length)} older ${lines.length === 1 ? 'line' : 'lines'}`;
  const notice = { text: lines.length === 0 ? 'no older lines' : many, style: 'ok', at: state.now } as const;
  return { ...state, notice, logs: lines.length === 0 ? logs : withOlder(heldAt(logs, state.now), lines) };
}

function openLine(state: UiState, logs: LogsView): UiState {
  const entry = logs.shown.at(cursorOf(logs));
  if (!entry) return state;
  return { ...state, logs: { ...logs, opened: { entry, top: 0 } }, screens: [...state.screens, 'logLine'] };
}
