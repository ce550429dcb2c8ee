import { SlipwayError } from '../base/errors.ts';
import { hostOf, type RolloutContext } from './context.ts';
import type { Step } from './plan.ts';
import { isSuperseded } from './superseded.ts';
import { type StepResult, urgentResult } from './steps.ts';

export type HookStep = Extract<Step, { type: 'hook' }>;

/**
 * Runs the hooks of the whole stage on its first host. A release hook that fails or hangs throws: nothing has been switched
 * yet. One at the end changes nothing any more, so it only warns.
 */
export async function runHooks(context: RolloutContext, step: HookStep): Promise<StepResult> {
  const signal = context.controls.signal();
  try {
    await run(context, step, signal);
    return { type: 'done' };
  } catch (thrown) {
    const urgent = signal.aborted ? urgentResult(context) : undefined;
    if (urgent) return urgent;
    if (step.when === 'release' || isSuperseded(thrown) || !(thrown instanceof SlipwayError)) throw thrown;
    const message = `A hook after the rollout has failed: ${thrown.message}`;
    context.events.emit({ type: 'warning', host: step.host, message });
    return { type: 'done' };
  }
}

async function run(context: RolloutContext, { host, when, commands }: HookStep, signal: AbortSignal): Promise<void> {
  const { id, plan, settings, events } = context;
  const previous = plan.instances.find(({ from }) => from !== undefined && from !== plan.release.id)?.from;
  await hostOf(context, host).hook({
    ...{
      rollout: id,
      when,
      stage: plan.stage,
      release: plan.release.id,
      revision: plan.release.revision,
      previous,
      host,
    },
    ...{ commands, timeoutMs: settings.hooks.timeoutMs, signal },
    onStep: ({ run: command, state }) => {
      const type = state === 'started' ? 'hook.started' : 'hook.finished';
      events.emit({ type, host, run: command });
    },
    onLine: (line) => events.emit({ type: 'hook.output', host, line }),
  });
}
