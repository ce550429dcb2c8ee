import { plural } from '../base/text.ts';
import { instancesOf, statesOf } from './fleet.ts';
import { describeLock } from './lock-words.ts';
import type { Unfinished } from './unfinished.ts';

/** What it meant to do and who ran it; then how far it has come. Each without its last full stop or colon. */
export function unfinishedWords({ plan, lock, rollout, readings }: Unfinished): readonly [what: string, where: string] {
  const instances = instancesOf(statesOf(readings));
  const there = instances.filter(({ current }) => current === plan.release.id).length;
  return [
    `${rollout}: ${plan.kind} of ${plan.release.id}, by ${describeLock(lock)}; nobody runs it any more`,
    `${plural(there, 'instance')} of ${instances.length} ${there === 1 ? 'points' : 'point'} at it`,
  ];
}
