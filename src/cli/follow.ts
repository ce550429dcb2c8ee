import type { Intent, RolloutOutcome, RunningRollout } from '../rollout/session.ts';
import { ask } from './ask.ts';
import { type CliContext, isInteractive } from './context.ts';

export type OnInterrupt = 'leave' | 'stop' | 'rollback';

/**
 * Stays with a running rollout to its end: answers pauses and interrupts. With a terminal a person is asked; without one
 * the first signal does what `onInterrupt` says. A second signal always leaves at once.
 */
export async function stayWith(
  context: CliContext,
  rollout: RunningRollout,
  { onInterrupt }: { readonly onInterrupt: OnInterrupt },
): Promise<RolloutOutcome> {
  const over = new AbortController();
  let interrupts = 0;
  const onSignal = () => {
    interrupts += 1;
    if (interrupts > 1) rollout.send('leave');
    else if (isInteractive(context)) void askInterrupted(context, rollout, over.signal);
    else rollout.send(INTENTS[onInterrupt]);
  };
  const stopListening = rollout.subscribe((event) => {
    if (event.type === 'rollout.paused' && isInteractive(context)) void askPaused(context, rollout, over.signal);
  });
  SIGNALS.forEach((signal) => process.on(signal, onSignal));
  try {
    return await rollout.finished;
  } finally {
    over.abort();
    stopListening();
    SIGNALS.forEach((signal) => process.off(signal, onSignal));
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** "stop": the instance in flight finishes, then it is paused. */
const INTENTS: Readonly<Record<OnInterrupt, Intent>> = { leave: 'leave', stop: 'pause', rollback: 'rollback' };

async function askInterrupted(context: CliContext, rollout: RunningRollout, over: AbortSignal): Promise<void> {
  const question = '\n[f]inish this instance and stop · roll [b]ack · [l]eave (the rest waits) · [c]ontinue: ';
  const answers: Readonly<Record<string, Intent>> = { f: 'pause', b: 'rollback', l: 'leave' };
  await askIntent(context, rollout, { question, answers, over });
}

async function askPaused(context: CliContext, rollout: RunningRollout, over: AbortSignal): Promise<void> {
  const question = '[r]esume · roll [b]ack · [a]bort and keep it as it is · [l]eave: ';
  const answers: Readonly<Record<string, Intent>> = { r: 'resume', b: 'rollback', a: 'abort', l: 'leave' };
  await askIntent(context, rollout, { question, answers, over });
}

interface Question {
  readonly question: string;
  readonly answers: Readonly<Record<string, Intent>>;
  readonly over: AbortSignal;
}

async function askIntent(context: CliContext, rollout: RunningRollout, { question, answers, over }: Question) {
  while (!over.aborted) {
    const answer = await ask(context, question, over);
    if (answer === undefined || answer === 'c') return;
    const intent = answers[answer.toLowerCase()[0] ?? ''];
    if (!intent) continue;
    const refused = rollout.send(intent);
    if (refused === undefined) return;
    context.stdout.write(`Not now: ${refused}.\n`);
  }
}
