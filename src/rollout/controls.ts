import type { Phase } from './events.ts';
import { refusal } from './intents.ts';
import type { Intent } from './session.ts';

/** What people ask of a running rollout, as the engine sees it. */
export interface Controls {
  /** Undefined when taken; else why it is not legal now. */
  send(intent: Intent): string | undefined;
  /** The engine says where it is, so that illegal intents can be refused. */
  enter(phase: Phase): void;
  phase(): Phase;
  wantsPause(): boolean;
  clearPause(): void;
  /** Abort, roll back or leave: what must not wait for anything. The newest one counts. */
  urgent(): UrgentIntent | undefined;
  /** Aborted when an urgent intent comes; a new one after `takeUrgent`. */
  signal(): AbortSignal;
  /** The urgent intent, which is then dealt with. */
  takeUrgent(): UrgentIntent | undefined;
  /** The next intent of any kind. */
  next(): Promise<Intent>;
}

export type UrgentIntent = Exclude<Intent, 'pause' | 'resume'>;

export function createControls(): Controls {
  let phase: Phase = 'Pending';
  let pause = false;
  let urgent: UrgentIntent | undefined;
  let alarm = new AbortController();
  let waiting: ((intent: Intent) => void)[] = [];
  const take = (intent: Intent) => {
    if (intent === 'pause') pause = true;
    else if (intent === 'resume') pause = false;
    else {
      urgent = intent;
      alarm.abort(intent);
    }
    const woken = waiting;
    waiting = [];
    woken.forEach((wake) => wake(intent));
  };
  return {
    send: (intent) => {
      const reason = refusal(intent, phase);
      if (reason === undefined) take(intent);
      return reason;
    },
    enter: (next) => (phase = next),
    phase: () => phase,
    wantsPause: () => pause,
    clearPause: () => (pause = false),
    urgent: () => urgent,
    signal: () => alarm.signal,
    takeUrgent: () => {
      const taken = urgent;
      urgent = undefined;
      alarm = new AbortController();
      return taken;
    },
    next: () => new Promise((resolve) => waiting.push(resolve)),
  };
}
