import { LockedError } from '../base/errors.ts';
import { formatDuration } from '../base/duration.ts';
import type { HistoryRecord } from '../host/records.ts';
import type { LockOwner, LockState } from '../host/state.ts';
import type { HostClient, LockAnswer } from '../host/verbs.ts';
import type { RolloutContext } from './context.ts';
import { isDeadHere } from './owner.ts';

/**
 * Locks every host of the rollout: the first one decides, the others follow at once; any refusal releases all. Throws
 * LockedError when somebody else holds one.
 */
export async function lockAll(context: RolloutContext): Promise<void> {
  const [first, ...others] = context.hosts;
  const held: HostClient[] = [];
  try {
    await lockHost(context, first!, held);
    const rest = await Promise.allSettled(others.map((host) => lockHost(context, host, held)));
    const refused = rest.find((result) => result.status === 'rejected');
    if (refused) throw refused.reason;
  } catch (thrown) {
    await Promise.allSettled(held.map((host) => host.unlock({ rollout: context.id })));
    throw thrown;
  }
}

async function lockHost(context: RolloutContext, host: HostClient, held: HostClient[]): Promise<void> {
  let answer = await askForLock(context, host);
  if (answer.type === 'refused' && answer.by.owner && isDeadHere(answer.by.owner)) {
    answer = await askForLock(context, host, answer.by.owner.rollout);
  }
  if (answer.type === 'refused') throw lockedError(context.settings.stage, host.host, answer.by);
  held.push(host);
  if (answer.type === 'takenOver') {
    context.events.emit({
      type: 'lock.takenOver',
      host: host.host,
      from: answer.from.owner?.rollout ?? 'unknown',
      found: describeLock(answer.from),
    });
  } else {
    context.events.emit({ type: 'lock.taken', host: host.host });
  }
}

function askForLock(
  { owner, settings, takeover }: RolloutContext,
  host: HostClient,
  dead?: string,
): Promise<LockAnswer> {
  return host.lock({
    owner,
    app: settings.app,
    stage: settings.stage,
    history: takeoverRecord(owner),
    ...takeover,
    ...(dead === undefined ? {} : { dead }),
  });
}

/** The rollout comes first: the host puts the superseded one in place of the first `@`. */
function takeoverRecord({ who, since, why, rollout }: LockOwner): string {
  const record: HistoryRecord = {
    rollout: '@',
    at: since,
    by: who,
    what: 'takeover',
    outcome: 'superseded',
    why: `${why} (${rollout}) took the lock over`,
  };
  return JSON.stringify(record);
}

/** A lock that a person took with `slipway lock`, not a rollout. */
export function isManual(rollout: string | undefined): boolean {
  return rollout?.startsWith(MANUAL) ?? false;
}

export const MANUAL = 'manual-';

/** "ana@laptop since 12:04 (deploy 1f0755f), last beat 4s ago" */
export function describeLock({ owner, ageMs }: LockState): string {
  if (!owner) return `an unknown owner, last sign of life ${formatDuration(ageMs)} ago`;
  const since = new Date(owner.since).toISOString().replace(/\.\d+Z$/, 'Z');
  const beat = owner.state === 'paused' ? 'paused' : `last beat ${formatDuration(ageMs)} ago`;
  return `${owner.who} since ${since} (${owner.why}), ${beat}`;
}

export function lockedError(stage: string, host: string, lock: LockState): LockedError {
  const byHand = isManual(lock.owner?.rollout);
  const paused = lock.owner?.state === 'paused' && !byHand;
  const mend = paused
    ? `It waits for a person. Go back with: slipway rollback ${stage}; or give it up with: slipway unlock ${stage} --force`
    : byHand
      ? `It was locked by hand. When that is over: slipway unlock ${stage} --force -m WHY`
      : `Wait until it is done; a dead lock is taken over after 60 s. To break it: slipway unlock ${stage} --force -m WHY`;
  return new LockedError({
    code: paused ? 'SLIP_PAUSED' : 'SLIP_LOCKED',
    message: `${stage} is locked on ${host} by ${describeLock(lock)}.`,
    mend,
  });
}

/** Releases what is still ours; a host that cannot be reached keeps its lock until it is stale. */
export async function unlockAll(context: RolloutContext): Promise<void> {
  const answers = await Promise.allSettled(context.hosts.map((host) => host.unlock({ rollout: context.id })));
  answers.forEach((answer, index) => {
    if (answer.status === 'fulfilled' && answer.value.type === 'released') {
      context.events.emit({ type: 'lock.released', host: context.hosts[index]!.host });
    }
  });
}

/** The lock stays for the person who decides; it does not age. */
export async function keepPaused(context: RolloutContext): Promise<void> {
  await Promise.allSettled(context.hosts.map((host) => host.own({ ...context.owner, state: 'paused' })));
}
