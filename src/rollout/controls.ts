import { Bug, unreachable } from '../base/errors.ts';
import type { PauseReason, Phase } from './events.ts';
import type { Intent } from './session.ts';
import { isPaused, MOVES, refusal, type Whereabouts } from './transitions.ts';

/** What people ask of a running rollout, as the engine sees it. */
export interface Controls {
  /** Undefined when taken; else why it is not legal now. */
  send(intent: Intent, by: string): string | undefined;
  /** The engine says where it is, so that illegal intents can be refused. Throws a Bug for a move that there is not. */
  enter(phase: Phase): void;
  /** Why it waits, and what stands in its way: told before it enters a pause, and again when that changes. */
  wait(pause: Waiting): void;
  /** Nobody hears any more: all that is asked from now on is refused. */
  close(reason: string): void;
  phase(): Phase;
  wantsPause(): boolean;
  clearPause(): void;
  /** Abort, roll back or leave: what must not wait for anything. The newest one counts. */
  urgent(): UrgentIntent | undefined;
  /** Aborted when an urgent intent comes; a new one after `takeUrgent`. */
  signal(): AbortSignal;
  /** The urgent intent, which is then dealt with. */
  takeUrgent(): UrgentIntent | undefined;
  /** What was answered to a pause, in the order in which it came; it is then dealt with. */
  takeAnswers(): readonly Answer[];
  /** Settles with the next intent of any kind. */
  next(): Promise<void>;
}

export type Waiting = Omit<Whereabouts, 'stage' | 'phase'>;

export type UrgentIntent = 'abort' | 'rollback' | 'leave';

/** What lets a paused rollout go on, and who says so. */
export interface Answer {
  readonly intent: Extract<Intent, { type: 'resume' | 'approve' | 'retry' | 'skip' }>;
  readonly by: string;
}

export function createControls(stage: string): Controls {
  let at: Whereabouts = { stage, phase: 'Pending', pauseReasons: [], failed: [], hosts: [], hasSlots: false };
  let closed: string | undefined;
  let pause = false;
  const alarm = createAlarm();
  let answers: Answer[] = [];
  let waiting: (() => void)[] = [];
  const take = (intent: Intent, by: string) => {
    switch (intent.type) {
      case 'pause':
        pause = true;
        break;
      case 'resume':
      case 'approve':
      case 'retry':
      case 'skip':
        answers.push({ intent, by });
        break;
      case 'abort':
      case 'rollback':
      case 'leave':
        alarm.ring(intent.type);
        break;
      default:
        unreachable(intent);
    }
    const woken = waiting;
    waiting = [];
    woken.forEach((wake) => wake());
  };
  const takeAnswers = () => {
    const taken = answers;
    answers = [];
    return taken;
  };
  return {
    send: (intent, by) => {
      const reason = closed ?? refusal(intent, at);
      if (reason === undefined) take(intent, by);
      return reason;
    },
    enter: (phase) => {
      if (!MOVES[at.phase].includes(phase)) throw new Bug(`A rollout does not go from ${at.phase} to ${phase}.`);
      const none: readonly PauseReason[] = [];
      at = { ...at, phase, ...(isPaused(phase) ? {} : { pauseReasons: none, failed: [] }) };
      // an answer to a pause that is over is moot
      takeAnswers();
    },
    wait: (waits) => (at = { ...at, ...waits }),
    close: (reason) => (closed ??= reason),
    phase: () => at.phase,
    wantsPause: () => pause,
    clearPause: () => (pause = false),
    urgent: alarm.urgent,
    signal: alarm.signal,
    takeUrgent: alarm.take,
    takeAnswers,
    next: () => new Promise((resolve) => waiting.push(resolve)),
  };
}

function createAlarm() {
  let urgent: UrgentIntent | undefined;
  let bell = new AbortController();
  return {
    ring: (intent: UrgentIntent) => {
      urgent = intent;
      bell.abort(intent);
    },
    urgent: () => urgent,
    signal: () => bell.signal,
    take: () => {
      const taken = urgent;
      urgent = undefined;
      bell = new AbortController();
      return taken;
    },
  };
}
