import { createHash } from 'node:crypto';
import type { Settings } from '../config/settings.ts';
import { formatLedger } from '../host/records.ts';
import type { ReleaseStatus } from '../host/state.ts';
import type { PlannedRelease } from './plan.ts';
import type { FleetRelease } from './session.ts';

/** What is done to a release's files on a host; part of what makes two releases the same. */
export function recipeOf({ prepare, shared }: Settings): string {
  return createHash('sha256').update(JSON.stringify({ prepare, shared })).digest('hex').slice(0, 16);
}

export interface LedgerOptions {
  readonly status: ReleaseStatus;
  readonly release: PlannedRelease;
  readonly recipe: string;
  /** All releases of the stage: the new one comes after them. */
  readonly releases: readonly FleetRelease[];
  readonly by: string;
  readonly now: number;
}

export function ledgerLine({ status, release, recipe, releases, by, now }: LedgerOptions): string {
  const sequence = Math.max(0, ...releases.map((one) => one.sequence)) + 1;
  const { revision, subject, digest, irreversible } = release;
  return formatLedger({ status, sequence, revision, subject, digest, recipe, by, at: now, irreversible });
}
