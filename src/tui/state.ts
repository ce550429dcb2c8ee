import type { Lookout } from '../analysis/lookout.ts';
import { initialVitals, type VitalsState } from '../analysis/vitals.ts';
import { type RememberedView, nothingRemembered } from './remembered.ts';
import { type DoctorView, noDiagnosis } from './screens/doctor/state.ts';
import type { SlipwayError } from '../base/errors.ts';
import type { Kind } from '../rollout/plan.ts';
import type { RolloutState } from '../rollout/progress.ts';
import type { Fleet, Intent, PreparedRollout, RolloutOutcome } from '../rollout/session.ts';
import type { Unfinished } from '../rollout/unfinished.ts';
import type { History } from './screens/rollout/history.ts';
import type { Outline } from './screens/rollout/outline.ts';
import { type ChangesView, noPicker, noTrail, type PickerView, type TrailView } from './wizard.ts';
import type { PromptWords } from '../ssh/prompt-words.ts';
import type { Notice } from './notice.ts';
import type { Secret } from './secret.ts';
import type { LogsView } from './screens/logs/state.ts';
import type { Looks } from './theme.ts';

/** All that the screen is made of. Plain values; `reduce` makes the next one from this one and an action. */
export interface UiState {
  readonly now: number;
  readonly size: Size;
  readonly looks: Looks;
  readonly stages: readonly StageChoice[];
  /** The stage that is open, or being opened. */
  readonly stage: string | undefined;
  /** Facts of the open session; undefined until it is open. */
  readonly session: SessionFacts | undefined;
  /** Why the stage could not be opened. */
  readonly problem: Problem | undefined;
  readonly fleet: FleetView;
  /** The screen shown is the last; `esc` takes it away. */
  readonly screens: readonly ScreenName[];
  readonly dialog: Dialog | undefined;
  /** What a host or a key asks; a dialog that is open is answered first. */
  readonly prompt: PromptView | undefined;
  readonly cursor: Readonly<Record<ListName, number>>;
  /** What to deploy, while that is chosen. */
  readonly picker: PickerView;
  /** The newest answer to what would change. */
  readonly changes: ChangesView | undefined;
  /** Who changed what, as the hosts remember it. */
  readonly trail: TrailView;
  readonly planning: PlanningView | undefined;
  readonly rollout: RolloutView | undefined;
  /** The logs of all instances; undefined until they are opened. */
  readonly logs: LogsView | undefined;
  /** A rollout that has the stage and was not started here. */
  readonly standing: StandingView | undefined;
  /** The unfinished rollout about which nobody wants to be asked just now. */
  readonly putOff: string | undefined;
  /** What this machine remembers, as far as the screen shows it. */
  readonly remembered: RememberedView;
  /** What is heard of the instances while the fleet is looked at. */
  readonly vitals: VitalsState;
  /** What is known while the stage is watched; undefined until something is. */
  readonly lookout: Lookout | undefined;
  readonly doctor: DoctorView;
  readonly notice: Notice | undefined;
  /** Every notice so far, the newest last; at most `MESSAGES`. */
  readonly messages: readonly Notice[];
  /** On the way out while a rollout runs. */
  readonly quitting: 'whenPaused' | 'leaving' | undefined;
  /** The exit code, once the program is to end. */
  readonly exit: number | undefined;
}

export type StandingView =
  /** Somebody runs it, elsewhere. */
  { readonly controller: 'alive' } | { readonly controller: 'gone'; readonly unfinished: Unfinished };

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface StageChoice {
  readonly stage: string;
  readonly protected: boolean;
}

export interface SessionFacts {
  readonly app: string;
  readonly stage: string;
  readonly protected: boolean;
  readonly hosts: readonly string[];
  readonly instances: readonly string[];
}

export type ScreenName =
  | 'stages'
  | 'fleet'
  | 'deploy'
  | 'planning'
  | 'review'
  | 'rollout'
  | 'releases'
  | 'history'
  | 'doctor'
  | 'watch'
  | 'messages'
  | 'help'
  | 'logs'
  | 'logLine';

/** What can be walked through with the arrows; each keeps its place. */
export type ListName =
  'stages' | 'fleet' | 'deploy' | 'releases' | 'history' | 'doctor' | 'watch' | 'review' | 'messages' | 'help';

export interface FleetView {
  readonly fleet: Fleet | undefined;
  readonly readAt: number | undefined;
  readonly reading: boolean;
  readonly problem: Problem | undefined;
  /** What the list is narrowed by: words to match, and one host alone. */
  readonly filter: string;
  readonly solo: string | undefined;
  /** `tree`: instances below their hosts; `table`: all in one list, what is wrong first. */
  readonly shape: 'tree' | 'table';
}

/** An error as the screen shows it. */
export interface Problem {
  readonly message: string;
  readonly detail: readonly string[];
  readonly mend: string | undefined;
  readonly exitCode: number;
}

export type Dialog =
  /** Starting on a protected stage: its name has to be typed. */
  | { readonly name: 'typeStage'; readonly text: string }
  /** Narrows a list (or is looked for in it) while it is typed; `before` comes back when it is cancelled. */
  | { readonly name: 'filter'; readonly text: string; readonly before: string; readonly does?: 'find' | 'goToTime' }
  | PickDialog
  | ChoiceDialog;

/** A list to pick from, found by what is typed: any action, a saved view, a column. `chosen`: which of those that are found. */
export interface PickDialog {
  readonly name: 'palette' | 'views' | 'columns';
  readonly text: string;
  readonly chosen: number;
}

/** A question with a few answers; `focus` is the id of the marked one. */
export type ChoiceDialog = { readonly focus: string; readonly openedAt: number } & (
  | {
      /** A danger in a running rollout, here or elsewhere; or leaving all as an unfinished one has left it. */
      readonly name: 'ask';
      readonly intent: 'abort' | 'rollback' | 'accept' | 'approve';
    }
  /** What becomes of a rollout that nobody runs any more; what is to be asked of one that somebody runs elsewhere. */
  | { readonly name: 'unfinished' | 'elsewhere' | 'quit' }
);

/** What is planned: a kind of rollout, or the rest of an unfinished one, or the way back from it. */
export type Errand = Kind | 'continue' | 'goBack';

/** A question of a connection, over whatever is shown. */
export interface PromptView {
  readonly words: PromptWords;
  readonly text: Secret;
  readonly openedAt: number;
}

export interface PlanningView {
  readonly kind: Errand;
  /** The ref or the release; empty for the default. */
  readonly target: string;
  /** What people call the ref that the target is the commit of. */
  readonly called?: string | undefined;
  readonly since: number;
  /** The newest lines of the build. */
  readonly lines: readonly string[];
  readonly problem: Problem | undefined;
  /** Handed back to the session as it came. */
  readonly prepared: PreparedRollout | undefined;
  /** When the plan was put on the screen: keys typed ahead of it do not start it. */
  readonly shownAt: number;
}

export interface RolloutView {
  readonly id: string;
  readonly state: RolloutState;
  /** What a person asked for and has not happened yet. */
  readonly asked: Intent | undefined;
  readonly outcome: RolloutOutcome | undefined;
  readonly problem: Problem | undefined;
  /** Per source: this machine's clock minus the source's. Deadlines are shown by this machine's clock. */
  readonly skews: Readonly<Record<string, number>>;
  /** Which source an instance's deadline was told by. */
  readonly toldBy: Readonly<Record<string, string>>;
  readonly lastEventAt: number;
  /** The instance that is being changed, and whose log is followed. */
  readonly active: string | undefined;
  /** An instance whose log is shown instead, because someone chose it. */
  readonly pinned: string | undefined;
  /** The plan as the tree shows it. */
  readonly outline: Outline;
  /** What events told that the fold does not keep. */
  readonly history: History;
  /** The line of the tree that someone has put the cursor on; undefined while it keeps to what is at work. */
  readonly cursor: string | undefined;
  /** Steps that someone has opened or closed, by their index. */
  readonly opened: Readonly<Record<number, 'open' | 'closed'>>;
  /** What the arrows move. */
  readonly pane: 'tree' | 'detail';
  /** What someone wants to see of an instance that has failed; undefined: its evidence, when there is some. */
  readonly shows: 'log' | 'evidence' | undefined;
  /** The number of the lowest row of evidence shown; undefined while it is not scrolled. */
  readonly evidenceBottom: number | undefined;
  readonly log: LogView;
  /** When it was over here, by this machine's clock. */
  readonly endedAt: number | undefined;
}

export interface LogView {
  /** The newest lines, at most `LOG_LINES`. */
  readonly lines: readonly LogLine[];
  /** Lines ever received: the number of the next one. */
  readonly count: number;
  /** The number of the lowest line shown; undefined while it follows the end. */
  readonly bottom: number | undefined;
  /** Why nothing can be read. */
  readonly trouble: string | undefined;
}

export interface LogLine {
  readonly source: string;
  readonly text: string;
}

export const LOG_LINES = 2000;
export const BUILD_LINES = 1000;

/** A dialog about a danger takes no answer for so long: a key held down or typed ahead is not one. */
export const GUARD_MS = 300;

export const noFleet: FleetView = {
  ...{ fleet: undefined, readAt: undefined, reading: false, problem: undefined },
  ...{ filter: '', solo: undefined, shape: 'tree' },
};

export const emptyLog: LogView = { lines: [], count: 0, bottom: undefined, trouble: undefined };

export function initialUi(given: Pick<UiState, 'now' | 'size' | 'looks' | 'stages'>): UiState {
  return {
    ...given,
    stage: undefined,
    session: undefined,
    problem: undefined,
    fleet: noFleet,
    screens: ['stages'],
    dialog: undefined,
    prompt: undefined,
    cursor: {
      stages: 0,
      fleet: 0,
      deploy: 0,
      releases: 0,
      history: 0,
      doctor: 0,
      watch: 0,
      review: 0,
      messages: 0,
      help: 0,
    },
    picker: noPicker,
    changes: undefined,
    trail: noTrail,
    planning: undefined,
    rollout: undefined,
    logs: undefined,
    standing: undefined,
    putOff: undefined,
    remembered: nothingRemembered,
    vitals: initialVitals(),
    lookout: undefined,
    doctor: noDiagnosis,
    notice: undefined,
    messages: [],
    quitting: undefined,
    exit: undefined,
  };
}

export function screenOf(state: UiState): ScreenName {
  return state.screens.at(-1) ?? 'stages';
}

export function isRunning(state: UiState): boolean {
  return state.rollout !== undefined && state.rollout.outcome === undefined && state.rollout.problem === undefined;
}

export function problemOf(error: SlipwayError): Problem {
  return { message: error.message, detail: error.detail, mend: error.mend, exitCode: error.exitCode };
}
