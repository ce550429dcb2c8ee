import { LockedError, UserError } from '../../base/errors.ts';
import type { HistoryRecord } from '../../host/records.ts';
import type { LockState } from '../../host/state.ts';
import { describeLock, STALE_MS } from '../../rollout/lock-words.ts';
import { lockedError } from '../../rollout/locking.ts';
import { isDeadHere, whoAmI } from '../../rollout/owner.ts';
import { askName } from '../ask.ts';
import { type CliContext, type GlobalOptions, isInteractive, announce, say, sayJson, warn } from '../context.ts';
import { openStage, type OpenStage } from '../open.ts';

export interface UnlockFlags extends GlobalOptions {
  readonly message?: string;
  readonly force?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Releases a stage's lock: a dead one and one's own at once, a living one of somebody else only by force. */
export async function unlock(context: CliContext, stage: string, flags: UnlockFlags): Promise<number> {
  const session = await openStage(context, stage, flags);
  try {
    const fleet = await session.inspect();
    const locks = new Map(
      fleet.hosts.flatMap((one) =>
        one.type === 'read' && one.state.lock ? [[one.host, one.state.lock] as const] : [],
      ),
    );
    const living = [...locks.values()].find((lock) => !mayRelease(lock));
    if (living) await requireForce(context, { stage, living, flags });
    const why = flags.message ?? 'unlock';
    const record: HistoryRecord = { at: context.clock.now(), by: whoAmI(), what: 'unlock', outcome: 'released', why };
    const released = await releaseAll(session, locks, record);
    const unreachable = fleet.hosts.flatMap((one) => (one.type === 'unreachable' ? [one.host] : []));
    if (flags.json) sayJson(context, { v: 1, released, unreachable });
    else
      say(
        context,
        released.length > 0 ? `${stage} is unlocked on ${released.join(', ')}.` : `${stage} was not locked.`,
      );
    unreachable.forEach((host) => warn(context, `${host} cannot be reached: its lock may still be there`));
    return unreachable.length > 0 ? 3 : 0;
  } finally {
    await session.close();
  }
}

function mayRelease({ owner, ageMs }: LockState): boolean {
  if (!owner) return ageMs >= STALE_MS;
  if (owner.state === 'paused') return owner.who === whoAmI();
  return ageMs >= STALE_MS || isDeadHere(owner);
}

interface Living {
  readonly stage: string;
  readonly living: LockState;
  readonly flags: UnlockFlags;
}

async function requireForce(context: CliContext, { stage, living, flags }: Living): Promise<void> {
  if (!flags.force) {
    throw new LockedError({
      code: 'SLIP_LOCKED',
      message: `${stage} is locked by ${describeLock(living)}.`,
      mend: `To break it all the same: slipway unlock ${stage} --force -m WHY`,
    });
  }
  if (flags.yes || flags.message !== undefined) return;
  if (!isInteractive(context)) {
    throw new UserError({
      code: 'SLIP_NEEDS_YES',
      message: 'Breaking a living lock needs a reason.',
      mend: 'Give -m WHY.',
    });
  }
  announce(context, `${stage} is locked by ${describeLock(living)}.`);
  if (!(await askName(context, stage, { text: 'break the lock', spoken: 'break the lock' })))
    throw new UserError({ code: 'SLIP_NEEDS_YES', message: 'Not confirmed: the lock stays.' });
}

/** Releases the locks that were judged, and no other that somebody may have taken since. */
async function releaseAll(session: OpenStage, judged: ReadonlyMap<string, LockState>, record: HistoryRecord) {
  const answers = await Promise.allSettled(
    [...judged].map(async ([host, { owner }]) => {
      const rollout = owner?.rollout ?? { any: true as const };
      const answer = await session.clients.get(host)!.unlock({ rollout, history: JSON.stringify(record) });
      if (answer.type === 'refused') throw lockedError(session.stage, host, answer.by);
      return host;
    }),
  );
  const failed = answers.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
  return answers.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}
