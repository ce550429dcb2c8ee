import type { UserAction } from '../actions.ts';
import type { Dialog, ScreenName, UiState } from '../state.ts';
import type { KeyName } from './input.ts';

/**
 * Where a key counts: on a screen, or in a dialog, which takes all keys while it is open. `answer` and `trust` are
 * questions of hosts and keys, for a text and for yes or no.
 */
export type Scope = ScreenName | Dialog['name'] | 'answer' | 'trust';

/**
 * What a person can do, as data: the footer, the help screen, the palette, the README and the resolver are made from it.
 */
export interface Binding {
  readonly id: string;
  /** The first is shown in the footer; without any it is found in the palette alone. */
  readonly keys: readonly string[];
  /** A word for the footer and the palette. */
  readonly label: string;
  /** A sentence for the help screen and the README. */
  readonly help: string;
  readonly scopes: readonly Scope[];
  /** The footer drops the highest first when it gets narrow; 0 is not in the footer at all. */
  readonly priority: number;
  /** Changes something on the hosts: never done before it was asked about. */
  readonly danger?: true;
  /** Takes no answer in the first moment: a key held down or typed ahead is none. */
  readonly guarded?: true;
  /** What does the same on the command line; `view` where it changes nothing but what is shown here. */
  readonly twin: Twin;
  /** Undefined when it may be pressed now; else why not. */
  readonly disabledReason?: (state: UiState) => string | undefined;
  /** What it does, by which of its keys (none in the palette). Asked only when nothing disables it. */
  readonly run: (state: UiState, key?: KeyName) => UserAction | readonly UserAction[] | undefined;
}

export type Twin = 'view' | `slipway${string}`;

export const SCREENS: readonly ScreenName[] = [
  ...([
    'stages',
    'fleet',
    'deploy',
    'planning',
    'review',
    'rollout',
    'releases',
    'history',
    'doctor',
    'watch',
    'logs',
    'logLine',
    'messages',
    'help',
  ] as const),
];

/** Screens on which whatever is typed is text. */
export function isTypedInto(scope: Scope): boolean {
  return scope === 'deploy';
}

/** Scopes that are questions: the README leaves them out. */
export const DIALOGS: readonly Scope[] = [
  ...([
    'typeStage',
    'ask',
    'quit',
    'answer',
    'trust',
    'unfinished',
    'elsewhere',
    'palette',
    'views',
    'columns',
    'filter',
  ] as const),
];
