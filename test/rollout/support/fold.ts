import { expect } from 'vitest';
import { instancesOf, statesOf } from '../../../src/rollout/fleet.ts';
import { releaseOf, type RolloutState } from '../../../src/rollout/progress.ts';
import { lookAtHosts } from '../../../src/rollout/stage.ts';
import type { FakeStage } from './fake-stage.ts';

/** What the events of a rollout say that every instance runs is what `status` reads. */
export async function expectFolded({ stage }: FakeStage, state: RolloutState): Promise<void> {
  const read = instancesOf(statesOf(await lookAtHosts(stage)));
  const running = read.map(({ id, current, health }) => [id, [current, health?.healthy]]);
  const ids = state.plan!.instances.map(({ instance }) => instance);
  const folded = ids.map((id) => {
    const release = releaseOf(state, id);
    return [id, [release, release === undefined ? undefined : isUp(state.instances[id]?.state)]];
  });
  expect(Object.fromEntries(folded)).toEqual(Object.fromEntries(running));
}

/** Whether an instance that is told to be so serves. */
function isUp(state: string | undefined): boolean {
  return state === undefined || ['old', 'updated', 'reverted', 'skipped'].includes(state);
}
