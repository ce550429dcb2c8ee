import { LockedError } from '../base/errors.ts';
import { formatDuration } from '../base/duration.ts';
import type { HistoryRecord } from '../host/records.ts';
import type { HostState, LockOwner, LockState } from '../host/state.ts';
import type { HostClient, LockAnswer, LockOptions, ProbeOptions } from '../host/verbs.ts';
import type { RolloutContext } from './context.ts';
import { isDeadHere } from './owner.ts';
import { atMost } from './patience.ts';

/**
 * Locks every host of the rollout: the first one decides, the others follow at once; any refusal releases all. Throws
 * LockedError when somebody else holds one.
 */
export async function lockAll(context: RolloutContext): Promise<Locked> {
  const [first, ...others] = context.hosts;
  const held: HeldLock[] = [];
  try {
    await lockHost(context, first!, { held });
    const rest = await Promise.allSettled([
      first!.probe(lookAt(context, first!)),
      ...others.map((host) => lockHost(context, host, { held, look: lookAt(context, host) })),
    ]);
    const refused = rest.find((result) => result.status === 'rejected');
    if (refused) throw refused.reason;
    return { held, said: rest.flatMap((result) => (result.status === 'fulfilled' ? (result.value ?? []) : [])) };
  } catch (thrown) {
    await giveBack(context, held);
    throw thrown;
  }
}

export interface Locked {
  readonly held: Held;
  /** What the hosts said of themselves right after they were locked. */
  readonly said: readonly HostState[];
}

/** Locks that a rollout holds; `paused` is the owner that it took one from. */
export type Held = readonly HeldLock[];

interface HeldLock {
  readonly host: HostClient;
  readonly paused: LockOwner | undefined;
}

/** After an end before anything was changed: what was free is free again, what waited for a person waits again. */
export async function giveBack({ clock, owner }: RolloutContext, held: Held): Promise<void> {
  const given = held.map(({ host, paused }) =>
    paused ? host.own({ ...owner, why: paused.why, state: 'paused' }) : host.unlock({ rollout: owner.rollout }),
  );
  await atMost(clock, LAST_WORDS_MS, Promise.allSettled(given));
}

function lookAt({ settings }: RolloutContext, { host }: HostClient): ProbeOptions {
  const instances = settings.instances.filter((instance) => instance.host === host);
  return { instances, shared: settings.shared, depth: 'look' };
}

interface Locking {
  /** The hosts that are locked: this one is added. */
  readonly held: HeldLock[];
  readonly look?: ProbeOptions;
}

/** Answers with what the host says of itself, when that was asked for. */
async function lockHost(
  context: RolloutContext,
  host: HostClient,
  { held, look }: Locking,
): Promise<HostState | undefined> {
  const asked = look ? { look } : {};
  let answer = await askForLock(context, host, asked).catch((thrown: unknown) => {
    // it may be ours, though the answer did not come whole
    held.push({ host, paused: undefined });
    throw thrown;
  });
  if (answer.type === 'refused' && answer.by.owner && isDeadHere(answer.by.owner)) {
    answer = await askForLock(context, host, { ...asked, dead: answer.by.owner.rollout });
  }
  if (answer.type === 'refused') throw lockedError(context.settings.stage, host.host, answer.by);
  const from = answer.type === 'takenOver' ? answer.from.owner : undefined;
  held.push({ host, paused: from?.state === 'paused' ? from : undefined });
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
  return answer.state;
}

function askForLock(
  { owner, settings, takeover }: RolloutContext,
  host: HostClient,
  more: Pick<LockOptions, 'dead' | 'look'>,
): Promise<LockAnswer> {
  return host.lock({
    owner,
    app: settings.app,
    stage: settings.stage,
    history: takeoverRecord(owner),
    ...takeover,
    ...more,
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
    ? `It waits for a person. Go back with: slipway rollback ${stage}; or give it up with: slipway unlock ${stage} --force -m WHY`
    : byHand
      ? `It was locked by hand. When that is over: slipway unlock ${stage} --force -m WHY`
      : `Wait until it is done; a dead lock is taken over after 60 s. To break it: slipway unlock ${stage} --force -m WHY`;
  return new LockedError({
    code: paused ? 'SLIP_PAUSED' : 'SLIP_LOCKED',
    message: `${stage} is locked on ${host} by ${describeLock(lock)}.`,
    mend,
  });
}

/** The lock stays for the person who decides; it does not age. */
export async function keepPaused({ clock, hosts, owner }: RolloutContext): Promise<void> {
  const paused = Promise.allSettled(hosts.map((host) => host.own({ ...owner, state: 'paused' })));
  await atMost(clock, LAST_WORDS_MS, paused);
}

const LAST_WORDS_MS = 10_000;
