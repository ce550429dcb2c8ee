import { describe, expect, it } from 'vitest';
import { RemoteError, UserError } from '../../src/base/errors.ts';
import { fakeStage, releasesOf } from './support/fake-stage.ts';

describe('a rollback', () => {
  it('goes to the last good release before the live one, never to where it is', async () => {
    await using stage = await fakeStage();
    const one = await stage.deploy('one');
    const two = await stage.deploy('two');
    stage.host('h1').behave = (_instance, release) =>
      [one.release, two.release].includes(release) ? 'healthy' : 'unhealthy';
    await stage.deploy('three');
    const { outcome } = await stage.rollback();
    expect(outcome.exitCode).toBe(0);
    expect(releasesOf(stage)).toEqual(new Set([one.release]));
  });

  it('makes no place to go back to of a release that never was good', async () => {
    await using stage = await fakeStage({ rollout: { bake: '1m' } });
    await stage.deploy('one');
    const two = await stage.deploy('two');
    const three = await stage.deploy('three', {
      onEvent: (event, send) => event.type === 'bake.started' && send('abort'),
    });
    expect((await stage.rollback()).release).toBe(two.release);
    expect(stage.host('h1').records.get(three.release)?.status).toBe('failed');
    await expect(stage.rollback({ to: three.release })).rejects.toMatchObject({ code: 'SLIP_NOT_A_TARGET' });
  });

  it('verifies every file of its target before anything is switched', async () => {
    await using stage = await fakeStage();
    const one = await stage.deploy('one');
    await stage.deploy('two');
    await stage.rollback();
    expect(stage.hosts.map((host) => host.said.includes(`verify ${one.release}`))).toEqual([true, true, true]);
  });

  it('to files that are not what they were changes nothing, and names another way back than to deploy', async () => {
    await using stage = await fakeStage();
    await stage.deploy('one');
    const two = await stage.deploy('two');
    stage.host('h2').verify = () =>
      Promise.reject(new RemoteError({ code: 'SLIP_VERIFY', host: 'h2', message: 'differs', mend: 'Deploy again.' }));
    const { outcome } = await stage.rollback();
    expect(outcome).toMatchObject({ exitCode: 3, next: expect.stringContaining('another release') as string });
    expect(releasesOf(stage)).toEqual(new Set([two.release]));
  });

  it('without anything to go back to is an error of the user, not a success', async () => {
    await using stage = await fakeStage();
    await expect(stage.rollback()).rejects.toBeInstanceOf(UserError);
    await stage.deploy('one');
    await expect(stage.rollback()).rejects.toMatchObject({ exitCode: 2, code: 'SLIP_NO_TARGET' });
  });

  it('to a release whose rollout failed, or that nobody knows, is refused', async () => {
    await using stage = await fakeStage();
    const one = await stage.deploy('one');
    stage.host('h1').behave = (_instance, release) => (release === one.release ? 'healthy' : 'unhealthy');
    const bad = await stage.deploy('two');
    await expect(stage.rollback({ to: bad.release })).rejects.toMatchObject({ code: 'SLIP_NOT_A_TARGET' });
    await expect(stage.rollback({ to: '$(reboot)' })).rejects.toMatchObject({ code: 'SLIP_RELEASE_UNKNOWN' });
  });

  it('that fails is never rolled back: it waits for a person', async () => {
    await using stage = await fakeStage();
    const one = await stage.deploy('one');
    const two = await stage.deploy('two');
    stage.host('h2').behave = (_instance, release) => (release === one.release ? 'unhealthy' : 'healthy');
    const { outcome, state } = await stage.rollback();
    expect(outcome.exitCode).toBe(5);
    expect(state.phase).toBe('RollbackPaused');
    expect(stage.links()).toMatchObject({ 'bot.1@h2': two.release });
  });
});
