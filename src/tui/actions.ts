import type { RememberedView } from './remembered.ts';
import type { AlertEvent } from '../analysis/alerts.ts';
import type { Lookout } from '../analysis/lookout.ts';
import type { Sample } from '../analysis/sample.ts';
import type { ThemeName } from '../prefs/themes.ts';
import type { Looks } from './theme.ts';
import type { DeployRef } from '../git/refs.ts';
import type { AuditTrail } from '../rollout/audit.ts';
import type { Diagnosis } from '../rollout/diagnosis.ts';
import type { RolloutEvent } from '../rollout/events.ts';
import type { Fleet, Intent, PreparedRollout, RolloutOutcome } from '../rollout/session.ts';
import type { PromptWords } from '../ssh/prompt-words.ts';
import type { Notice } from './notice.ts';
import type { Secret } from './secret.ts';
import type { ChangesView } from './wizard.ts';
import type { Arrival } from './screens/logs/ring.ts';
import type { LogsWish } from './screens/logs/state.ts';
import type { WishedIntent } from '../rollout/wishes.ts';
import type { Dialog, Errand, LogLine, Problem, ScreenName, SessionFacts, Size, StandingView } from './state.ts';

/** What a person does. Shown at once. */
export type UserAction =
  | { readonly type: 'move'; readonly to: Move }
  | { readonly type: 'show'; readonly screen: ScreenName }
  | { readonly type: 'back' }
  | { readonly type: 'openStage'; readonly stage: string }
  | { readonly type: 'openDialog'; readonly dialog: Dialog }
  | { readonly type: 'closeDialog' }
  | { readonly type: 'typed'; readonly text: string }
  | { readonly type: 'erased'; readonly what: 'character' | 'all' }
  /** To what a host or a key asks; undefined declines. */
  | { readonly type: 'answer'; readonly answer: Secret | undefined }
  | { readonly type: 'refresh' }
  | { readonly type: 'openView'; readonly name: string }
  | { readonly type: 'saveView'; readonly name: string }
  | { readonly type: 'removeView'; readonly name: string }
  /** Shown or hidden. */
  | { readonly type: 'toggleColumn'; readonly column: string }
  | { readonly type: 'theme'; readonly theme: ThemeName }
  /** One host alone, or all again. */
  | { readonly type: 'solo'; readonly host: string | undefined }
  | { readonly type: 'shape'; readonly shape: 'tree' | 'table' }
  | { readonly type: 'filter'; readonly text: string }
  | { readonly type: 'plan'; readonly kind: Errand; readonly target: string; readonly called?: string | undefined }
  | { readonly type: 'cancelPlanning' }
  | { readonly type: 'start' }
  | { readonly type: 'send'; readonly intent: Intent }
  /** To a rollout that runs elsewhere. */
  | { readonly type: 'tell'; readonly intent: WishedIntent }
  /** An unfinished rollout is left as it is. */
  | { readonly type: 'accept' }
  | { readonly type: 'switchPane' }
  | { readonly type: 'pin'; readonly instance: string }
  | { readonly type: 'follow' }
  /** Puts the cursor of the rollout on a line of its tree. */
  | { readonly type: 'toLine'; readonly line: string }
  /** A step of the rollout, by its index. */
  | { readonly type: 'foldStep'; readonly index: number; readonly to: 'open' | 'closed' }
  | { readonly type: 'showOf'; readonly what: 'log' | 'evidence' }
  | { readonly type: 'notify'; readonly text: string; readonly style: Notice['style'] }
  /** A guarded key came too soon. */
  | { readonly type: 'tooSoon' }
  /** Opens the logs of all instances; those of one host or instance alone at first, where one is named. */
  | { readonly type: 'openLogs'; readonly alone: string | undefined }
  | { readonly type: 'inLogs'; readonly wish: LogsWish }
  /** What is shown of the logs, into a file. */
  | { readonly type: 'saveLogs' }
  /** Logs that were refused are asked for again. */
  | { readonly type: 'retryLogs' }
  /** Into the clipboard of the terminal. */
  | { readonly type: 'copy'; readonly text: string }
  /** A person's own shell on a host, until they leave it. */
  | { readonly type: 'shell'; readonly host: string; readonly instance: string | undefined }
  | { readonly type: 'suspend' }
  | { readonly type: 'quit'; readonly how: Quit };

export type Move = 'up' | 'down' | 'pageUp' | 'pageDown' | 'first' | 'last';

/**
 * `ended`: nothing runs. `finishFirst`: pause, and leave once paused. `leave`: leave now, and wait for the word that it was
 * left. `atOnce`: do not even wait for that. `stay`: take back what was asked.
 */
export type Quit = 'ended' | 'finishFirst' | 'leave' | 'atOnce' | 'stay';

/** What comes in from sessions, clocks and the terminal. Shown at most ten times a second. */
export type NewsAction =
  | { readonly type: 'resized'; readonly size: Size }
  | { readonly type: 'ticked' }
  | { readonly type: 'sessionOpened'; readonly session: SessionFacts }
  | { readonly type: 'sessionFailed'; readonly problem: Problem }
  | { readonly type: 'asked'; readonly words: PromptWords }
  | { readonly type: 'unasked' }
  | { readonly type: 'remembered'; readonly remembered: RememberedView }
  | { readonly type: 'looked'; readonly looks: Looks }
  | { readonly type: 'vitalsTaken'; readonly samples: readonly Sample[] }
  | { readonly type: 'lookoutNews'; readonly lookout: Lookout; readonly events: readonly AlertEvent[] }
  | { readonly type: 'fleetReading' }
  | { readonly type: 'fleetRead'; readonly fleet: Fleet }
  | { readonly type: 'fleetFailed'; readonly problem: Problem }
  | { readonly type: 'standingFound'; readonly standing: StandingView | undefined }
  | { readonly type: 'refsRead'; readonly refs: readonly DeployRef[] }
  | { readonly type: 'refsFailed'; readonly problem: Problem }
  | ({ readonly type: 'changesRead' } & ChangesView)
  | { readonly type: 'diagnosing' }
  | { readonly type: 'diagnosed'; readonly diagnosis: Diagnosis }
  | { readonly type: 'diagnosisFailed'; readonly problem: Problem }
  | { readonly type: 'historyReading' }
  | { readonly type: 'historyRead'; readonly trail: AuditTrail }
  | { readonly type: 'historyFailed'; readonly problem: Problem }
  | { readonly type: 'buildLines'; readonly lines: readonly string[] }
  | { readonly type: 'planned'; readonly prepared: PreparedRollout }
  | { readonly type: 'planFailed'; readonly problem: Problem }
  | { readonly type: 'rolloutStarted'; readonly id: string }
  | { readonly type: 'rolloutEvents'; readonly events: readonly RolloutEvent[] }
  | { readonly type: 'rolloutEnded'; readonly outcome: RolloutOutcome }
  | { readonly type: 'rolloutBroke'; readonly problem: Problem }
  | { readonly type: 'sent'; readonly intent: Intent; readonly refused: string | undefined }
  | { readonly type: 'logLines'; readonly lines: readonly LogLine[] }
  | { readonly type: 'logTrouble'; readonly message: string | undefined }
  /** Lines of the logs of all instances. */
  | { readonly type: 'linesArrived'; readonly lines: readonly Arrival[] };

export type Action = UserAction | NewsAction;

/** Neighbours that carry lines or events become one action, so that a flood is reduced in one go. */
export function coalesce(actions: readonly NewsAction[]): NewsAction[] {
  const merged: NewsAction[] = [];
  for (const action of actions) {
    if (!absorb(merged.at(-1), action)) merged.push(own(action));
  }
  return merged;
}

/** A copy whose array may grow. */
function own(action: NewsAction): NewsAction {
  if (action.type === 'rolloutEvents') return { ...action, events: [...action.events] };
  if (action.type === 'buildLines') return { ...action, lines: [...action.lines] };
  if (action.type === 'linesArrived') return { ...action, lines: [...action.lines] };
  return action.type === 'logLines' ? { ...action, lines: [...action.lines] } : { ...action };
}

function absorb(into: NewsAction | undefined, action: NewsAction): boolean {
  if (into?.type === 'logLines' && action.type === 'logLines') {
    (into.lines as LogLine[]).push(...action.lines);
    return true;
  }
  if (into?.type === 'linesArrived' && action.type === 'linesArrived') {
    for (const line of action.lines) (into.lines as Arrival[]).push(line);
    return true;
  }
  if (into?.type === 'buildLines' && action.type === 'buildLines') {
    (into.lines as string[]).push(...action.lines);
    return true;
  }
  if (into?.type === 'rolloutEvents' && action.type === 'rolloutEvents') {
    (into.events as RolloutEvent[]).push(...action.events);
    return true;
  }
  return false;
}
