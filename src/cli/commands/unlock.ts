import { LockedError, UserError } from '../../base/errors.ts';
import type { HistoryRecord } from '../../host/records.ts';
import type { LockState } from '../../host/state.ts';
import { describeLock } from '../../rollout/locking.ts';
import { isDeadHere, whoAmI } from '../../rollout/owner.ts';
import { ask } from '../ask.ts';
import { type CliContext, type GlobalOptions, isInteractive, say } from '../context.ts';
import { openStage, type OpenStage } from '../open.ts';

export interface UnlockFlags extends GlobalOptions {
  readonly message?: string;
  readonly force?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

const STALE_MS = 60_000;

/** Releases a stage's lock: a dead one and one's own at once, a living one of somebody else only by force. */
export async function unlock(context: CliContext, stage: string, flags: UnlockFlags): Promise<number> {
  const session = await openStage(context, stage, flags);
  try {
    const fleet = await session.inspect();
    const locks = fleet.hosts.flatMap((one) => (one.type === 'read' && one.state.lock ? [one.state.lock] : []));
    const living = locks.find((lock) => !mayRelease(lock));
    if (living) await requireForce(context, { stage, living, flags });
    const released = await releaseAll(session, flags.message ?? 'unlock', context.clock.now());
    const unreachable = fleet.hosts.flatMap((one) => (one.type === 'unreachable' ? [one.host] : []));
    if (flags.json) say(context, JSON.stringify({ v: 1, released, unreachable }));
    else
      say(
        context,
        released.length > 0 ? `${stage} is unlocked on ${released.join(', ')}.` : `${stage} was not locked.`,
      );
    unreachable.forEach((host) => context.stderr.write(`! ${host} cannot be reached: its lock may still be there\n`));
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
  const typed = await ask(context, `${describeLock(living)}. Type ${stage} to break the lock: `);
  if (typed !== stage) throw new UserError({ code: 'SLIP_NEEDS_YES', message: 'Not confirmed: the lock stays.' });
}

async function releaseAll(session: OpenStage, why: string, at: number): Promise<readonly string[]> {
  const record: HistoryRecord = { at, by: whoAmI(), what: 'unlock', outcome: 'released', why };
  const answers = await Promise.allSettled(
    [...session.clients].map(async ([host, client]) => ({
      host,
      answer: await client.unlock({ rollout: { any: true }, history: JSON.stringify(record) }),
    })),
  );
  return answers.flatMap((one) =>
    one.status === 'fulfilled' && one.value.answer.type === 'released' ? [one.value.host] : [],
  );
}
