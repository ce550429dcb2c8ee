import { formatDuration } from '../base/duration.ts';
import type { LockState } from '../host/state.ts';

/** A lock that a person took with `slipway lock`, not a rollout. */
export function isManual(rollout: string | undefined): boolean {
  return rollout?.startsWith(MANUAL) ?? false;
}

export const MANUAL = 'manual-';

/** Without a beat for so long an owner counts as dead. */
export const STALE_MS = 60_000;

/** "ana@laptop since 12:04 (deploy 1f0755f), last beat 4s ago" */
export function describeLock({ owner, ageMs }: LockState): string {
  if (!owner) return `an unknown owner, last sign of life ${formatDuration(ageMs)} ago`;
  const since = new Date(owner.since).toISOString().replace(/\.\d+Z$/, 'Z');
  const beat = owner.state === 'paused' ? 'paused' : `last beat ${formatDuration(ageMs)} ago`;
  return `${owner.who} since ${since} (${owner.why}), ${beat}`;
}
