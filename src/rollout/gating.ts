import type { RolloutContext } from './context.ts';
import type { Step } from './plan.ts';
import type { Run } from './run.ts';
import type { StepResult } from './steps.ts';
import { waitsForApproval } from './transitions.ts';

/** Waits for a person's word, unless it was given; either is told. */
export function passGate(
  { events, plan }: RolloutContext,
  run: Run,
  { gate }: Extract<Step, { type: 'gate' }>,
): StepResult {
  const approval = run.approval ?? run.fullApproval;
  if (approval === undefined) {
    events.emit({ type: 'gate.opened', gate });
    return { type: 'pause', reasons: ['gate'], reason: waitsForApproval(plan.stage) };
  }
  events.emit({ type: 'gate.passed', gate, ...approval });
  return { type: 'done' };
}
