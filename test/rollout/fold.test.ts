import { expect, it } from 'vitest';
import { instancesOf } from '../../src/rollout/fleet.ts';
import { releaseOf } from '../../src/rollout/progress.ts';
import { lookAtHosts } from '../../src/rollout/stage.ts';
import { type FakeStage, fakeStage } from './support/fake-stage.ts';

/** What `status` says that every instance runs. */
async function running({ stage }: FakeStage) {
  const readings = await lookAtHosts(stage);
  const states = readings.flatMap((one) => (one.type === 'read' ? [one.state] : []));
  return Object.fromEntries(instancesOf(states).map(({ id, current, health }) => [id, [current, health?.healthy]]));
}

const APPROVE = { type: 'approve', scope: 'step', why: '' } as const;

it.each([
  ['rolling', 'healthy', 0],
  ['rolling', 'unhealthy', 4],
  ['canary', 'healthy', 0],
  ['canary', 'unhealthy', 4],
  ['all-at-once', 'healthy', 0],
  ['all-at-once', 'unhealthy', 4],
] as const)('the events of a deploy (%s, %s) fold into what status says', async (strategy, fate, exitCode) => {
  await using stage = await fakeStage({ rollout: { strategy, bake: '0s' } });
  const one = await stage.deploy('one', { whenPaused: 'wait', onEvent: (_, send) => send(APPROVE) });
  stage.host('h2').behave = (instance, to) => (instance === 'bot.2' && to !== one.release ? fate : 'healthy');
  const { state, outcome } = await stage.deploy('two', {
    whenPaused: 'wait',
    onEvent: (event, send) => {
      if (event.type === 'rollout.paused') send(APPROVE);
    },
  });
  expect(outcome.exitCode, outcome.message).toBe(exitCode);
  const ids = state.plan!.instances.map(({ instance }) => instance);
  const folded = ids.map((id) => [id, [releaseOf(state, id), isUp(state.instances[id]?.state)]]);
  expect(Object.fromEntries(folded)).toEqual(await running(stage));
});

/** Whether an instance that is told to be so serves. */
function isUp(state: string | undefined): boolean {
  return state === undefined || ['old', 'updated', 'reverted', 'skipped'].includes(state);
}
