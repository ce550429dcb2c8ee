import type { RolloutEvent } from '../rollout/events.ts';
import type { Intent, RolloutOutcome, RunningRollout } from '../rollout/session.ts';
import { ask } from './ask.ts';
import { type CliContext, isInteractive, say } from './context.ts';

export type OnInterrupt = 'leave' | 'stop' | 'rollback';

/**
 * Stays with a running rollout to its end: answers pauses and interrupts. With a terminal a person is asked; without one
 * the first signal does what `onInterrupt` says. A second signal leaves at once, and so does a terminal that went away.
 */
export async function stayWith(
  context: CliContext,
  rollout: RunningRollout,
  { onInterrupt }: { readonly onInterrupt: OnInterrupt },
): Promise<RolloutOutcome> {
  const asked = createQuestions(context, rollout);
  let interrupts = 0;
  const onSignal = (signal: NodeJS.Signals) => {
    interrupts += 1;
    if (interrupts > 1 || signal === 'SIGHUP') rollout.send(LEAVE);
    else if (isInteractive(context)) asked.put(INTERRUPTED);
    // what cannot be done now ends in the nearest that can: nobody is there to ask
    else if (rollout.send(INTENTS[onInterrupt]) !== undefined) rollout.send(LEAVE);
  };
  const stopListening = rollout.subscribe((event) => {
    if (event.type === 'rollout.resumed') interrupts = 0;
    if (event.type === 'rollout.paused' && isInteractive(context)) asked.put(pausedFor(event));
  });
  SIGNALS.forEach((signal) => process.on(signal, onSignal));
  try {
    return await rollout.finished;
  } finally {
    asked.close();
    stopListening();
    SIGNALS.forEach((signal) => process.off(signal, onSignal));
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const LEAVE: Intent = { type: 'leave' };

/** "stop": the instance in flight finishes, then it is paused. */
const INTENTS: Readonly<Record<OnInterrupt, Intent>> = {
  leave: LEAVE,
  stop: { type: 'pause' },
  rollback: { type: 'rollback' },
};

interface Question {
  readonly text: string;
  readonly answers: Readonly<Record<string, Intent | 'nothing'>>;
  /** What the end of the input means. */
  readonly silence: Intent | 'nothing';
}

const INTERRUPTED: Question = {
  text: '\n[f]inish this instance and stop · roll [b]ack · [l]eave (the rest waits) · [c]ontinue: ',
  answers: { f: { type: 'pause' }, b: { type: 'rollback' }, l: LEAVE, c: 'nothing' },
  silence: 'nothing',
};

/** What it may be told depends on why it waits; what is not legal is refused with the reason. */
function pausedFor({ reasons, failed = [] }: Extract<RolloutEvent, { type: 'rollout.paused' }>): Question {
  const host = failed[0]?.split('@').at(-1);
  const ways: readonly (readonly [letter: string, text: string, intent: Intent])[] = [
    ...(reasons.includes('gate') ? [] : [['r', '[r]esume', { type: 'resume' }] as const]),
    ...(reasons.includes('gate') || reasons.includes('inconclusive')
      ? [['y', '[y] approve', { type: 'approve', scope: 'step', why: '' }] as const]
      : []),
    ...(host === undefined ? [] : [['s', `[s]kip ${host}`, { type: 'skip', host }] as const]),
    ['b', 'roll [b]ack', { type: 'rollback' }],
    ['a', '[a]bort and keep it as it is', { type: 'abort' }],
    ['l', '[l]eave', LEAVE],
  ];
  return {
    text: `${ways.map(([, text]) => text).join(' · ')}: `,
    answers: Object.fromEntries(ways.map(([letter, , intent]) => [letter, intent])),
    silence: LEAVE,
  };
}

/** One question at a time: a new one takes the place of the one before. */
function createQuestions(context: CliContext, rollout: RunningRollout) {
  let current = new AbortController();
  const pose = async ({ text, answers, silence }: Question, over: AbortSignal): Promise<void> => {
    for (;;) {
      const answer = await ask(context, text, over);
      if (over.aborted) return;
      const intent = answer === undefined ? silence : answers[answer.toLowerCase()[0] ?? ''];
      if (intent === undefined) continue;
      const refused = intent === 'nothing' ? undefined : rollout.send(intent);
      if (refused === undefined) return;
      say(context, `Not now: ${refused}.`);
      if (answer === undefined) return;
    }
  };
  return {
    put: (question: Question) => {
      current.abort();
      current = new AbortController();
      void pose(question, current.signal);
    },
    close: () => current.abort(),
  };
}
