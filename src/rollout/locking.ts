import { LockedError } from '../base/errors.ts';
import type { HistoryRecord } from '../host/records.ts';
import type { HostState, LockOwner, LockState } from '../host/state.ts';
import type { HostClient, LockAnswer, LockOptions, LookOptions } from '../host/verbs.ts';
import type { ReceiveAnswer } from '../host/receiving.ts';
import type { RolloutContext } from './context.ts';
import { describeLock, isManual } from './lock-words.ts';
import { isDeadHere } from './owner.ts';
import { atMost } from './patience.ts';
import { requireHeld } from './superseded.ts';
import { uploadFor } from './upload.ts';

/**
 * Locks every host of the rollout at once; what is small is sent right behind. Of two that begin at the same moment, and each
 * hold a part of the hosts, the elder waits for the younger one to give way: exactly one wins. Any other refusal releases all.
 * Throws LockedError when somebody else holds one.
 */
export async function lockAll(context: RolloutContext): Promise<Locked> {
  const held: HeldLock[] = [];
  const early = new Map<string, Promise<ReceiveAnswer>>();
  const said: HostState[] = [];
  const plan = JSON.stringify(context.plan);
  try {
    for (let patience = PATIENCE_MS, hosts = context.hosts; hosts.length > 0; patience -= RETRY_MS) {
      const tries = await Promise.allSettled(hosts.map((host) => lockHost(context, host, { held, said, early, plan })));
      const refused = tries.filter((result) => result.status === 'rejected').map((result) => result.reason as unknown);
      const final = refused.find((reason) => patience <= 0 || held.length === 0 || !givesWay(context, reason));
      if (final !== undefined) throw final as Error;
      hosts = hosts.filter((_, index) => tries[index]!.status === 'rejected');
      if (hosts.length > 0) await context.clock.sleep(RETRY_MS);
    }
    return { held, said, early };
  } catch (thrown) {
    // nothing may still be at work there when the lock is released
    await Promise.allSettled(early.values());
    await giveBack(context, held);
    throw thrown;
  }
}

const PATIENCE_MS = 3000;
const RETRY_MS = 150;

/** Rollout ids begin with their time: a younger one that is still locking finds ours, and gives back what it has. */
function givesWay({ id }: RolloutContext, refusal: unknown): boolean {
  if (!(refusal instanceof RefusedLock) || refusal.lock.owner === undefined) return false;
  const { rollout, state } = refusal.lock.owner;
  return state === 'held' && !isManual(rollout) && rollout > id;
}

export interface Locked {
  readonly held: Held;
  /** What the hosts said of themselves right after they were locked, when it may not be what they said before. */
  readonly said: readonly HostState[];
  /** Uploads that are under way, by host. */
  readonly early: ReadonlyMap<string, Promise<ReceiveAnswer>>;
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

/** Hosts that the rollout which this one goes on with has held, and that are left out now, are free again. */
export async function freeLeft({ clock, owner, leaves, takeover }: RolloutContext): Promise<void> {
  const { takes } = takeover;
  if (takes === undefined) return;
  const freed = leaves.map((host) => host.unlock({ rollout: takes, history: takeoverRecord(owner) }));
  await atMost(clock, LAST_WORDS_MS, Promise.allSettled(freed));
}

function lookAt({ settings, seen }: RolloutContext, { host }: HostClient): LookOptions {
  const instances = settings.instances.filter((instance) => instance.host === host);
  const proxies = settings.proxies.filter((proxy) => proxy.host === host);
  return { instances, shared: settings.shared, proxies, depth: 'look', seen: seen.get(host) };
}

/** What locking has reached so far: every host that is locked is added. */
interface Locking {
  readonly held: HeldLock[];
  readonly said: HostState[];
  readonly early: Map<string, Promise<ReceiveAnswer>>;
  /** The plan of the rollout, as the hosts keep it. */
  readonly plan: string;
}

async function lockHost(
  context: RolloutContext,
  host: HostClient,
  { held, said, early: sent, plan }: Locking,
): Promise<void> {
  const look = lookAt(context, host);
  const early = await behindLock(context, host);
  // what comes right behind brings the plan along
  let answer = await askForLock(context, host, { look, ...(early.receive ? early : { plan }) }).catch(
    (thrown: unknown) => {
      // it may be ours, though the answer did not come whole
      held.push({ host, paused: undefined });
      throw thrown;
    },
  );
  const way = answer.type === 'refused' && answer.by.owner ? takeover(context, answer.by.owner) : undefined;
  if (way) answer = await askForLock(context, host, { look, plan, ...way });
  if (answer.type === 'refused') throw new RefusedLock(context.settings.stage, host.host, answer.by);
  const from = answer.type === 'takenOver' ? answer.from.owner : undefined;
  held.push({ host, paused: from?.state === 'paused' ? from : undefined });
  if (answer.state) said.push(answer.state);
  if (answer.received) sent.set(host.host, answer.received);
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

/**
 * An owner whose process on this machine is gone; or one that waits for a person and is older than the rollout that a person
 * has just decided about: that was taking its locks over when it ended.
 */
function takeover(
  { takeover: { takes } }: RolloutContext,
  owner: LockOwner,
): Pick<LockOptions, 'dead' | 'takes'> | undefined {
  const { rollout, state } = owner;
  if (isDeadHere(owner)) return { dead: rollout };
  if (takes === undefined || state !== 'paused' || isManual(rollout) || rollout >= takes) return undefined;
  return { takes: rollout };
}

/** More than this is not sent before it is known that the lock is ours. */
const EARLY_BYTES = 1_000_000;

async function behindLock(context: RolloutContext, host: HostClient): Promise<Pick<LockOptions, 'receive'>> {
  const way = context.delivery.to(host);
  const planned = context.plan.hosts.find((one) => one.host === host.host)?.upload;
  if (way.type !== 'send' || typeof planned !== 'object' || planned.bytes > EARLY_BYTES) return {};
  const signal = context.controls.signal();
  try {
    return { receive: await uploadFor(context, host, { way, signal }) };
  } catch {
    // whoever needs it in its turn says why it cannot be had
    return {};
  }
}

function askForLock(
  { owner, settings, takeover }: RolloutContext,
  host: HostClient,
  more: Pick<LockOptions, 'dead' | 'takes' | 'plan' | 'look' | 'receive'>,
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

/** The lock of another, as an error that knows it. */
class RefusedLock extends LockedError {
  readonly lock: LockState;

  constructor(stage: string, host: string, lock: LockState) {
    super(lockedDetails(stage, host, lock));
    this.lock = lock;
  }
}

export function lockedError(stage: string, host: string, lock: LockState): LockedError {
  return new LockedError(lockedDetails(stage, host, lock));
}

function lockedDetails(stage: string, host: string, lock: LockState) {
  const byHand = isManual(lock.owner?.rollout);
  const paused = lock.owner?.state === 'paused' && !byHand;
  const mend = paused
    ? `It waits for a person: slipway resume ${stage}`
    : byHand
      ? `It was locked by hand. When that is over: slipway unlock ${stage} --force -m WHY`
      : `Wait until it is done; a dead lock is taken over after 60 s. To break it: slipway unlock ${stage} --force -m WHY`;
  return {
    code: paused ? 'SLIP_PAUSED' : 'SLIP_LOCKED',
    message: `${stage} is locked on ${host} by ${describeLock(lock)}.`,
    mend,
  };
}

/**
 * The lock stays for the person who decides, and says what for; it does not age. Throws LockedError when it is somebody else's
 * by now.
 */
export async function keepPaused({ clock, hosts, owner }: RolloutContext, reason: string): Promise<void> {
  const why = `${owner.why}; waits: ${reason}`;
  const owned = hosts.map((host) => host.own({ ...owner, why, state: 'paused' }));
  const paused = Promise.allSettled(owned).then(requireHeld);
  await atMost(clock, LAST_WORDS_MS, paused);
}

const LAST_WORDS_MS = 10_000;
