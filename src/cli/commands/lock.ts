import type { HistoryRecord } from '../../host/records.ts';
import type { LockOwner } from '../../host/state.ts';
import { MANUAL } from '../../rollout/lock-words.ts';
import { lockedError } from '../../rollout/locking.ts';
import { thisOwner } from '../../rollout/owner.ts';
import { announce, type CliContext, type GlobalOptions, sayJson } from '../context.ts';
import { openStage } from '../open.ts';

export interface LockFlags extends GlobalOptions {
  readonly message: string;
  readonly json?: boolean;
}

/** Locks a stage for a person: it does not age, and holds until somebody unlocks it. */
export async function lock(context: CliContext, stage: string, flags: LockFlags): Promise<number> {
  const session = await openStage(context, stage, flags);
  const now = context.clock.now();
  const owner: LockOwner = {
    ...thisOwner({ rollout: `${MANUAL}${now.toString(36)}`, why: flags.message, now }),
    state: 'paused',
  };
  const taken: string[] = [];
  try {
    for (const [host, client] of session.clients) {
      const answer = await client.lock({ owner, app: session.app, stage, history: takeover(owner, now) });
      if (answer.type === 'refused') throw lockedError(stage, host, answer.by);
      taken.push(host);
    }
    if (flags.json) sayJson(context, { v: 1, locked: taken, owner });
    else announce(context, `${stage} is locked: ${owner.why}`);
    return 0;
  } catch (thrown) {
    await Promise.allSettled(taken.map((host) => session.clients.get(host)!.unlock({ rollout: owner.rollout })));
    throw thrown;
  } finally {
    await session.close();
  }
}

function takeover({ who, why }: LockOwner, at: number): string {
  const record: HistoryRecord = { rollout: '@', at, by: who, what: 'takeover', outcome: 'superseded', why };
  return JSON.stringify(record);
}
