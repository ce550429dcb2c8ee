import { THEMES, type ThemeName } from '../../prefs/themes.ts';
import { isRunning, screenOf, type ScreenName, type UiState } from '../state.ts';
import type { Move, UserAction } from '../actions.ts';
import { commandOf } from '../screens/command.ts';
import { choice } from '../dialogs/choice.ts';
import * as because from './because.ts';
import { type Binding, DIALOGS, isTypedInto, SCREENS } from './binding.ts';

const LISTS = SCREENS.filter((screen) => screen !== 'planning');

/** Ctrl-U clears what is typed where something is. */
const PAGED = LISTS.filter((screen) => !isTypedInto(screen));

/** Keys that mean the same on every screen. */
// prettier-ignore
export const everywhereKeys: readonly Binding[] = [
  { id: 'back', keys: ['esc'], label: 'back', help: 'Go back; while planning, stop planning.', scopes: SCREENS, priority: 3, twin: 'view', disabledReason: because.noWayBack, run: back },
  { id: 'palette', keys: [':', 'ctrl+p'], label: 'commands', help: 'Find any action by its name.', scopes: SCREENS, priority: 6, twin: 'view', run: () => ({ type: 'openDialog', dialog: { name: 'palette', text: '', chosen: 0 } }) },
  { id: 'copyCommand', keys: ['Y'], label: 'copy command', help: 'Copy the command that does the same as this screen.', scopes: SCREENS, priority: 0, twin: 'view', disabledReason: noCommand, run: copyCommand },
  { id: 'theme', keys: [], label: 'theme', help: 'Go to the next theme: dark, light, colour-blind, mono, or by the terminal.', scopes: SCREENS, priority: 0, twin: 'view', run: ({ remembered }) => ({ type: 'theme', theme: nextTheme(remembered.theme) }) },
  { id: 'messages', keys: ['M'], label: 'messages', help: 'Show what was said at the bottom of the screen.', scopes: elsewhereThan('messages'), priority: 0, twin: 'view', run: () => ({ type: 'show', screen: 'messages' }) },
  { id: 'help', keys: ['?'], label: 'help', help: 'Show the keys.', scopes: elsewhereThan('help'), priority: 2, twin: 'view', run: () => ({ type: 'show', screen: 'help' }) },
  { id: 'quit', keys: ['q'], label: 'quit', help: 'Leave slipway; asks while a rollout runs.', scopes: SCREENS, priority: 2, twin: 'view', run: (state) => (isRunning(state) ? askQuit(state) : { type: 'quit', how: 'ended' }) },
  { id: 'up', keys: ['up', 'k'], label: 'up', help: 'One line up.', scopes: LISTS, priority: 0, twin: 'view', run: move('up') },
  { id: 'down', keys: ['down', 'j'], label: 'down', help: 'One line down.', scopes: LISTS, priority: 0, twin: 'view', run: move('down') },
  { id: 'pageUp', keys: ['pageUp', 'ctrl+u'], label: 'page up', help: 'One page up.', scopes: PAGED, priority: 0, twin: 'view', run: move('pageUp') },
  { id: 'pageDown', keys: ['pageDown', 'ctrl+d'], label: 'page down', help: 'One page down.', scopes: LISTS, priority: 0, twin: 'view', run: move('pageDown') },
  { id: 'first', keys: ['g', 'home'], label: 'first', help: 'To the first line.', scopes: LISTS, priority: 0, twin: 'view', run: move('first') },
  { id: 'last', keys: ['G', 'end'], label: 'last', help: 'To the last line.', scopes: LISTS, priority: 0, twin: 'view', run: move('last') },
  { id: 'suspend', keys: ['ctrl+z'], label: 'suspend', help: 'Put slipway into the background; `fg` brings it back.', scopes: [...SCREENS, ...DIALOGS], priority: 0, twin: 'view', run: () => ({ type: 'suspend' }) },
  { id: 'interrupt', keys: ['ctrl+c'], label: 'quit', help: 'Like q; a second time leaves at once.', scopes: [...SCREENS, ...DIALOGS], priority: 0, twin: 'view', run: interrupt },
];

function elsewhereThan(screen: ScreenName): readonly ScreenName[] {
  return SCREENS.filter((one) => one !== screen);
}

function nextTheme(theme: ThemeName): ThemeName {
  return THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]!;
}

function move(to: Move): () => UserAction {
  return () => ({ type: 'move', to });
}

function back(state: UiState): UserAction {
  const screen = screenOf(state);
  return screen === 'planning' || screen === 'review' ? { type: 'cancelPlanning' } : { type: 'back' };
}

function noCommand(state: UiState): string | undefined {
  return commandOf(state) === undefined ? 'nothing on the command line does the same' : undefined;
}

function copyCommand(state: UiState): UserAction | undefined {
  const text = commandOf(state);
  return text === undefined ? undefined : { type: 'copy', text };
}

function askQuit({ now }: UiState): UserAction {
  return { type: 'openDialog', dialog: choice('quit', now) };
}

/** The first Ctrl-C asks, the second leaves, the third does not wait for the answer. */
function interrupt(state: UiState): UserAction {
  if (!isRunning(state)) return { type: 'quit', how: 'ended' };
  if (state.quitting === 'leaving') return { type: 'quit', how: 'atOnce' };
  return state.dialog?.name === 'quit' ? { type: 'quit', how: 'leave' } : askQuit(state);
}
