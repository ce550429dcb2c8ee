import { Bug } from '../base/errors.ts';
import type { RolloutContext } from './context.ts';
import type { Step } from './plan.ts';
import type { Run } from './run.ts';
import type { StepResult } from './steps.ts';

export function passGate(
  _context: RolloutContext,
  _run: Run,
  step: Extract<Step, { type: 'gate' }>,
): Promise<StepResult> {
  return Promise.reject(new Bug(`${step.type} is not built yet.`));
}
