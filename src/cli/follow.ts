import { hostOf } from '../logs/names.ts';
import type { RolloutEvent } from '../rollout/events.ts';
import type { Intent, RolloutOutcome, RunningRollout } from '../rollout/session.ts';
import { ask, type Question } from './ask.ts';
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
    // behind the ^C that the terminal has written
    if (context.voice === 'sentences' && signal === 'SIGINT') say(context);
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

interface Choice extends Question {
  readonly answers: Readonly<Record<string, Intent | 'nothing'>>;
  /** What the end of the input means. */
  readonly silence: Intent | 'nothing';
}

const INTERRUPTED: Choice = {
  text: '\n[f]inish this instance and stop · roll [b]ack · [l]eave (the rest waits) · [c]ontinue: ',
  spoken: 'Type f to finish this instance and stop, b to roll back, l to leave so that the rest waits, or c to go on.',
  answers: { f: { type: 'pause' }, b: { type: 'rollback' }, l: LEAVE, c: 'nothing' },
  silence: 'nothing',
};

/** What it may be told depends on why it waits; what is not legal is refused with the reason. */
function pausedFor({ reasons, failed = [] }: Extract<RolloutEvent, { type: 'rollout.paused' }>): Choice {
  const host = failed[0] === undefined ? undefined : hostOf(failed[0]);
  const ways: readonly Way[] = [
    ...(reasons.includes('gate') ? [] : [wayOf('r', '[r]esume', { type: 'resume' })]),
    ...(reasons.includes('gate') || reasons.includes('inconclusive')
      ? [wayOf('y', '[y] approve', { type: 'approve', scope: 'step', why: '' })]
      : []),
    ...(host === undefined ? [] : [wayOf('s', `[s]kip ${host}`, { type: 'skip', host })]),
    wayOf('b', 'roll [b]ack', { type: 'rollback' }),
    wayOf('a', '[a]bort and keep it as it is', { type: 'abort' }),
    wayOf('l', '[l]eave', LEAVE),
  ];
  return {
    text: `${ways.map(({ text }) => text).join(' · ')}: `,
    spoken: `It waits for you. Type ${ways.map(({ letter, spoken }) => `${letter} to ${spoken}`).join(', ')}.`,
    answers: Object.fromEntries(ways.map(({ letter, intent }) => [letter, intent])),
    silence: LEAVE,
  };
}

interface Way extends Question {
  readonly letter: string;
  readonly intent: Intent;
}

/** "roll [b]ack", which is said as "b to roll back". */
function wayOf(letter: string, text: string, intent: Intent): Way {
  return { letter, text, intent, spoken: text.replace(`[${letter}] `, '').replace(`[${letter}]`, letter) };
}

/** One question at a time: a new one takes the place of the one before. */
function createQuestions(context: CliContext, rollout: RunningRollout) {
  let current = new AbortController();
  const pose = async ({ answers, silence, ...question }: Choice, over: AbortSignal): Promise<void> => {
    for (;;) {
      const answer = await ask(context, question, over);
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
    put: (question: Choice) => {
      current.abort();
      current = new AbortController();
      void pose(question, current.signal);
    },
    close: () => current.abort(),
  };
}
