import { expect, it } from 'vitest';
import { fakeStage } from './support/fake-stage.ts';
import { expectFolded } from './support/fold.ts';
import { slotted } from './support/slotted.ts';

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
  await expectFolded(stage, state);
});

it.each([
  ['healthy', 0],
  ['unhealthy', 4],
] as const)('the events of a deploy to slots (%s) fold into what status says', async (fate, exitCode) => {
  await using stage = await slotted();
  const one = await stage.deploy('one');
  stage.host('h2').behave = (_, to) => (to === one.release ? 'healthy' : fate);
  const { state, outcome } = await stage.deploy('two');
  expect(outcome.exitCode, outcome.message).toBe(exitCode);
  await expectFolded(stage, state);
});
