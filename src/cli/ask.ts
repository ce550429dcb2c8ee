import { UserError } from '../base/errors.ts';
import type { Plan } from '../rollout/plan.ts';
import { type CliContext, isInteractive } from './context.ts';
import { readLine, turnsAt } from './terminal.ts';

/** One question on the terminal. Undefined when the signal ends it, or the input does. */
export async function ask(context: CliContext, question: string, signal?: AbortSignal): Promise<string | undefined> {
  const terminal = { input: context.stdin, output: context.stdout };
  // Ctrl-C is for whoever decides about it; where nobody does, it is no answer
  const onInterrupt = () => (process.emit('SIGINT', 'SIGINT') ? 'stays' : 'ends');
  return turnsAt(context.stdin)(() => readLine(terminal, question, { signal, onInterrupt }), signal);
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
  if (consent.protected) return (await ask(context, `Type ${plan.stage} to ${plan.kind}: `)) === plan.stage;
  return /^y(es)?$/i.test((await ask(context, `${plan.kind} now? [y/N] `)) ?? '');
}
