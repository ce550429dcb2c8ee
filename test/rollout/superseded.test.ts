import { describe, expect, it } from 'vitest';
import type { RolloutEvent } from '../../src/rollout/events.ts';
import { type FakeStage, fakeStage } from './support/fake-stage.ts';

/** Deploys a second release; at the first event that is it, somebody else holds every host. */
async function takenOverAt(stage: FakeStage, isIt: (event: RolloutEvent) => boolean) {
  await stage.deploy('one');
  const begun: string[] = [];
  const result = await stage.deploy('two', {
    onEvent: (event) => {
      if (!isIt(event)) return;
      stage.hosts.forEach((host) => {
        host.lockOwner = { ...host.lockOwner!, rollout: 'another' };
        host.onChange = ({ instance }) => void begun.push(`${instance}@${host.host}`);
      });
    },
  });
  return { ...result, begun };
}

const SHAPE = { hosts: 2, instances: 1 };

describe('a rollout whose stage was taken over', () => {
  it.each([
    ['while it waited between two batches', { rollout: { bake: '1m' } }, 'bake.started'],
    ['before its last word', { hooks: { afterRollout: ['tell'] } }, 'hook.finished'],
    ['while it went back', { rollout: { bake: '1m' } }, 'bake.finished'],
  ] as const)('%s changes nothing more, and ends as locked by somebody else', async (when, more, type) => {
    await using stage = await fakeStage({ ...SHAPE, ...more });
    const { outcome, begun, release } = await takenOverAt(stage, (event) => {
      if (when.endsWith('back') && event.type === 'bake.started') stage.hosts.forEach((host) => host.sick.add('bot.1'));
      return event.type === type;
    });
    expect(outcome).toMatchObject({ exitCode: 6, error: { code: 'SLIP_SUPERSEDED' } });
    expect(outcome.message).toContain('took the stage over');
    expect(begun).toEqual([]);
    expect(stage.hosts.map(({ lockOwner }) => lockOwner?.rollout)).toEqual(['another', 'another']);
    expect(stage.host('h1').records.get(release)?.status).toBe('ready');
  });

  it('when it has to wait for a person keeps no lock', async () => {
    await using stage = await fakeStage({ ...SHAPE, rollout: { onFailure: 'pause' } });
    await stage.deploy('one');
    stage.hosts.forEach((host) => (host.behave = () => 'unhealthy'));
    const { outcome } = await stage.deploy('two', {
      onEvent: ({ type }) => {
        if (type !== 'rollout.paused') return;
        stage.hosts.forEach((host) => (host.lockOwner = { ...host.lockOwner!, rollout: 'another' }));
      },
    });
    expect(outcome).toMatchObject({ exitCode: 6, error: { code: 'SLIP_SUPERSEDED' } });
  });
});
