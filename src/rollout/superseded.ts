import { LockedError } from '../base/errors.ts';
import { supersededBy } from '../host/failures.ts';
import type { Outcome } from './updating.ts';

/** Whether a host refused because the lock is somebody else's: the rollout has no say any more. */
export function isSuperseded(thrown: unknown): thrown is LockedError {
  return thrown instanceof LockedError && thrown.code === 'SLIP_SUPERSEDED';
}

/** Throws LockedError when any of these found the stage taken over: what stands there is its new owner's to judge. */
export function requireOurs<T extends Outcome>(outcomes: readonly T[]): readonly T[] {
  const lost = outcomes.find(({ type }) => type === 'superseded');
  if (lost?.type === 'superseded') throw supersededBy(`${lost.instance} was not changed any further`);
  return outcomes;
}

/** The same for what was asked of hosts at once. */
export function requireHeld(told: readonly PromiseSettledResult<unknown>[]): void {
  const lost = told.find((one) => one.status === 'rejected' && isSuperseded(one.reason));
  if (lost?.status === 'rejected') throw lost.reason;
}
