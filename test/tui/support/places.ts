import { lineOf } from '../logs/lines.ts';
import { unreachable } from '../../../src/base/errors.ts';
import type { Phase } from '../../../src/rollout/events.ts';
import { initialState } from '../../../src/rollout/progress.ts';
import { askAbout, choice } from '../../../src/tui/dialogs/choice.ts';
import { SCREENS } from '../../../src/tui/keys/binding.ts';
import { reduce } from '../../../src/tui/reduce.ts';
import { newRollout } from '../../../src/tui/screens/rollout/reduce.ts';
import {
  type ChoiceDialog,
  type Errand,
  initialUi,
  noFleet,
  type ScreenName,
  type UiState,
} from '../../../src/tui/state.ts';
import { calmFleet, INSTANCES, lockedFleet, NOW, plan, prepared, unfinished } from './fleet.ts';

export type Guard = 'protected' | 'open';

/** The program with the hosts of a stage read, on its fleet. */
export function fleetOf(guard: Guard, size = { columns: 80, rows: 24 }): UiState {
  const isProtected = guard === 'protected';
  const looks = { palette: 'dark', ascii: false } as const;
  const stages = [
    { stage: 'production', protected: isProtected },
    { stage: 'staging', protected: false },
  ];
  const facts = { app: 'greeter', stage: 'production', protected: isProtected };
  return {
    ...initialUi({ now: NOW, size, looks, stages }),
    stage: 'production',
    session: { ...facts, hosts: ['fra-1', 'fra-2', 'hel-1'], instances: INSTANCES },
    fleet: { ...noFleet, fleet: calmFleet(), readAt: NOW },
    screens: ['fleet'],
  };
}

/** With a rollout in this phase, which runs here. */
export function running(state: UiState, phase: Phase = 'Progressing'): UiState {
  const at = { ...initialState, rollout: 'r-1', phase, plan: plan() };
  return { ...state, rollout: newRollout({ id: 'r-1', now: state.now, state: at }) };
}

/** With a plan on the screen, a second after it came. */
export function reviewOf(state: UiState, kind: Errand = 'deploy'): UiState {
  const planned = reduce(reduce(state, { type: 'plan', kind, target: '' }), { type: 'planned', prepared: prepared() });
  return later(planned, 1000);
}

export function later(state: UiState, ms: number): UiState {
  return reduce({ ...state, now: state.now + ms }, { type: 'ticked' });
}

/** On a screen, as a person comes to it. */
export function onScreen(screen: ScreenName, state: UiState): UiState {
  switch (screen) {
    case 'stages':
      return { ...state, screens: ['stages'] };
    case 'fleet':
      return state;
    case 'planning':
      return reduce(state, { type: 'plan', kind: 'deploy', target: '' });
    case 'review':
      return reviewOf(state);
    case 'rollout':
      return reduce(running(state), { type: 'show', screen });
    case 'logs':
    case 'logLine':
      return inLogs(state, screen);
    case 'deploy':
    case 'releases':
    case 'history':
    case 'doctor':
    case 'watch':
    case 'messages':
    case 'help':
      return reduce(state, { type: 'show', screen });
    default:
      return unreachable(screen);
  }
}

function inLogs(state: UiState, screen: 'logs' | 'logLine'): UiState {
  const opened = reduce(state, { type: 'openLogs', alone: undefined });
  const lines = INSTANCES.map((source) => lineOf(source, `a line of ${source}`));
  const arrived = reduce(opened, { type: 'linesArrived', lines });
  return screen === 'logs' ? arrived : reduce(arrived, { type: 'inLogs', wish: { type: 'open' } });
}

/** Every screen, with its name. */
export function everyScreen(state: UiState): readonly (readonly [ScreenName, UiState])[] {
  return SCREENS.map((screen) => [screen, onScreen(screen, state)] as const);
}

/** Every question with a few answers, as it comes up. */
export function everyQuestion(state: UiState): readonly (readonly [string, UiState])[] {
  const runs = onScreen('rollout', state);
  const locked = { ...state, fleet: { ...state.fleet, fleet: lockedFleet() } };
  const withDialog = (from: UiState, dialog: ChoiceDialog) => ({ ...from, dialog });
  return [
    ...(['abort', 'rollback', 'accept'] as const).map(
      (intent) => [`ask ${intent}`, withDialog(runs, askAbout(intent, state.now))] as const,
    ),
    ['quit', withDialog(runs, choice('quit', state.now))],
    [
      'unfinished',
      withDialog(
        { ...locked, standing: { controller: 'gone', unfinished: unfinished() } },
        choice('unfinished', state.now),
      ),
    ],
    ['elsewhere', withDialog({ ...locked, standing: { controller: 'alive' } }, choice('elsewhere', state.now))],
  ];
}
