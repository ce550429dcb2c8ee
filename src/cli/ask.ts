import { UserError } from '../base/errors.ts';
import { sanitise } from '../base/sanitise.ts';
import type { Plan } from '../rollout/plan.ts';
import { type CliContext, isInteractive } from './context.ts';
import { readLine, turnsAt } from './terminal.ts';

/** A question in either voice: with its answers in brackets, and as a sentence that says what to type. */
export interface Question {
  readonly text: string;
  readonly spoken: string;
}

/** One question on the terminal. Undefined when the signal ends it, or the input does. */
export async function ask(context: CliContext, question: Question, signal?: AbortSignal): Promise<string | undefined> {
  const terminal = { input: context.stdin, output: context.stdout, voice: context.voice };
  // Ctrl-C is for whoever decides about it; where nobody does, it is no answer
  const onInterrupt = (heard: 'key' | 'signal') => {
    const isHeard = heard === 'key' ? process.emit('SIGINT', 'SIGINT') : process.listenerCount('SIGINT') > 0;
    return isHeard ? 'stays' : 'ends';
  };
  return turnsAt(context.stdin)(() => readLine(terminal, wordsOf(context, question), { signal, onInterrupt }), signal);
}

function wordsOf({ voice }: CliContext, { text, spoken }: Question): string {
  if (voice === 'sentences') return sanitise(spoken);
  // one that comes into a report begins a line of its own
  return text.split('\n').map(sanitise).join('\n');
}

/** Whether the answer is yes; anything else is no. What to type is added to the question. */
export async function askYes(context: CliContext, { text, spoken }: Question): Promise<boolean> {
  const question = { text: `${text} [y/N] `, spoken: `${spoken} Type yes or no.` };
  return /^y(es)?$/i.test((await ask(context, question)) ?? '');
}

/** Whether the name of the stage is typed, which nobody does by the way. Asked for what it is to do: "deploy". */
export async function askName(context: CliContext, stage: string, { text, spoken }: Question): Promise<boolean> {
  const question = {
    text: `Type ${stage} to ${text}: `,
    spoken: `Type the name of the stage, ${stage}, to ${spoken}; anything else changes nothing.`,
  };
  return (await ask(context, question)) === stage;
}

export interface Consent {
  readonly yes: boolean;
  readonly protected: boolean;
}

/**
 * Whether the plan that was shown may run. A protected stage wants its name typed; without a terminal nothing is asked,
 * so `--yes` has to be given.
 */
export async function confirmPlan(context: CliContext, plan: Plan, consent: Consent): Promise<boolean> {
  if (consent.yes) return true;
  if (!isInteractive(context)) {
    throw new UserError({
      code: 'SLIP_NEEDS_YES',
      message: `The ${plan.kind} to ${plan.stage} was not confirmed, and there is no terminal to ask.`,
      mend: 'Give --yes, or look at the plan only with --dry-run.',
    });
  }
  const { kind, stage } = plan;
  const verb = kind === 'rollback' ? 'roll back' : kind;
  if (consent.protected) return askName(context, stage, { text: kind, spoken: verb });
  return askYes(context, { text: `${kind} now?`, spoken: `Shall it ${verb} now?` });
}
