import { sh } from '../../base/shell.ts';
import type { LockState } from '../../host/state.ts';
import { type Check, checksOf } from '../diagnosis.ts';
import type { ExaminedHost } from './examined.ts';
import { describeLock, isManual, STALE_MS } from '../lock-words.ts';

const lock = checksOf('lock');

/** Who has the stage on this host, and what an interrupted rollout has left at work. */
export function checkLock({ state, owner }: ExaminedHost, stage: string): readonly Check[] {
  const held = state.lock;
  const status = held === undefined ? 'free' : statusOf(held, owner);
  return [
    held === undefined ? lock.ok('nobody has locked it') : checkHeld(held, status, stage),
    ...(status === 'free' || status === 'dead'
      ? state.instances.flatMap(({ name, busy }) =>
          busy === undefined
            ? []
            : [
                lock.warning(
                  `a worker of ${busy} is still at ${name}, and nobody follows it`,
                  sh`It ends by itself; then: slipway resume ${stage}`,
                ),
              ],
        )
      : []),
  ];
}

type Status = 'free' | 'manual' | 'waits' | 'dead' | 'alive';

function statusOf({ owner, ageMs }: LockState, process: ExaminedHost['owner']): Status {
  if (isManual(owner?.rollout)) return 'manual';
  if (owner?.state === 'paused') return 'waits';
  return process === 'gone' || ageMs >= STALE_MS ? 'dead' : 'alive';
}

function checkHeld(held: LockState, status: Status, stage: string): Check {
  const whose = describeLock(held);
  switch (status) {
    case 'manual':
      return lock.warning(`locked by hand: ${whose}`, sh`When it is over: slipway unlock ${stage}`);
    case 'waits':
      return lock.warning(
        `a rollout waits for a person: ${whose}`,
        sh`Say what becomes of it: slipway resume ${stage}`,
      );
    case 'dead':
      return lock.bad(
        `a rollout was interrupted, and its lock is dead: ${whose}`,
        held.owner === undefined
          ? sh`Give the stage free: slipway unlock ${stage} -m WHY`
          : sh`Say what becomes of it: slipway resume ${stage}; or deploy again, which takes it over`,
      );
    case 'free':
    case 'alive':
      return lock.ok(`a rollout is at work: ${whose}`);
  }
}
