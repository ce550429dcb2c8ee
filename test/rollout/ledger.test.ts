import { describe, expect, it } from 'vitest';
import { RemoteError } from '../../src/base/errors.ts';
import { prepareDeploy } from '../../src/rollout/plan-deploy.ts';
import { fakeStage, releasesOf } from './support/fake-stage.ts';

const lost = () => Promise.reject(new RemoteError({ code: 'SLIP_UNREACHABLE', host: 'h3', message: 'gone' }));

describe('the ledger', () => {
  it('never calls a release failed or unproven that was good before, when a later rollout of it fails', async () => {
    await using stage = await fakeStage();
    const one = await stage.deploy('one');
    await stage.deploy('two');
    stage.host('h3').behave = (_instance, release) => (release === one.release ? 'unhealthy' : 'healthy');
    expect((await stage.deploy('one')).outcome.exitCode).toBe(4);
    expect(stage.hosts.map((host) => host.records.get(one.release)?.status)).toEqual(['good', 'good', 'good']);
  });

  it('is not touched by a rollout that fails while it is staged', async () => {
    await using stage = await fakeStage();
    const one = await stage.deploy('one');
    await stage.deploy('two');
    stage.host('h3').rollout = lost;
    expect((await stage.deploy('one')).outcome.exitCode).toBe(3);
    expect(stage.host('h1').records.get(one.release)).toMatchObject({ status: 'good', sequence: 1 });
  });

  it('is mended by the next deploy when its last word was lost', async () => {
    await using stage = await fakeStage();
    const { release } = await stage.deploy('one');
    stage.host('h2').records.set(release, { ...stage.host('h2').records.get(release)!, status: 'ready' });
    expect(await prepareDeploy(stage.stage, {})).toMatchObject({ alreadyLive: false });
    const again = await stage.deploy('one');
    expect(again.outcome.exitCode).toBe(0);
    expect(again.events.some((event) => event.type === 'instance.state')).toBe(false);
    expect(stage.host('h2').records.get(release)?.status).toBe('good');
  });

  it('that missed the end on one host does not send that host to another release than the others', async () => {
    await using stage = await fakeStage();
    await stage.deploy('one');
    const two = await stage.deploy('two');
    stage.host('h1').records.set(two.release, { ...stage.host('h1').records.get(two.release)!, status: 'ready' });
    stage.host('h2').behave = (_instance, release) => (release === two.release ? 'healthy' : 'unhealthy');
    expect((await stage.deploy('three')).outcome.exitCode).toBe(4);
    expect(releasesOf(stage)).toEqual(new Set([two.release]));
  });

  it('counts releases over all hosts, also those that a deploy leaves out', async () => {
    await using stage = await fakeStage();
    await stage.deploy('one');
    const two = await stage.deploy('two', { only: ['h2', 'h3'] });
    const three = await stage.deploy('three', { only: ['h1'] });
    expect(stage.host('h1').records.get(three.release)?.sequence).toBe(
      (stage.host('h2').records.get(two.release)?.sequence ?? 0) + 1,
    );
  });

  it('keeps a release that was rolled back from out of the way of the next rollback', async () => {
    await using stage = await fakeStage();
    await stage.deploy('a');
    const b = await stage.deploy('b');
    const c = await stage.deploy('c');
    await stage.rollback();
    expect(releasesOf(stage)).toEqual(new Set([b.release]));
    await stage.deploy('d');
    await stage.rollback();
    expect(releasesOf(stage)).toEqual(new Set([b.release]));
    expect((await stage.rollback({ to: c.release })).outcome.exitCode).toBe(0);
  });

  it('does not call the target of a rollback failed when the rollback is aborted', async () => {
    await using stage = await fakeStage();
    const a = await stage.deploy('a');
    await stage.deploy('b');
    const { outcome } = await stage.rollback({
      onEvent: (event, send) => {
        if (event.type === 'instance.state' && event.state === 'updated') send('abort');
      },
    });
    expect(outcome.exitCode).toBe(5);
    expect(stage.host('h1').records.get(a.release)?.status).toBe('good');
  });
});

describe('the lock of a paused rollout', () => {
  it('is kept when the rollback that took it fails before anything was changed', async () => {
    await using stage = await fakeStage({ rollout: { onFailure: 'pause' } });
    const good = await stage.deploy('one');
    stage.host('h2').behave = (_instance, release) => (release === good.release ? 'healthy' : 'unhealthy');
    expect((await stage.deploy('two')).outcome.exitCode).toBe(5);
    stage.host('h2').verify = lost;
    expect((await stage.rollback()).outcome.exitCode).toBe(3);
    expect(stage.hosts.map((host) => host.lockOwner?.state)).toEqual(['paused', 'paused', 'paused']);
  });
});

describe('a rollback with --only', () => {
  it('goes back where hosts can be reached while another is away', async () => {
    await using stage = await fakeStage();
    const one = await stage.deploy('one');
    await stage.deploy('two');
    stage.host('h3').unreachable = true;
    await expect(stage.rollback()).rejects.toMatchObject({ exitCode: 3 });
    expect((await stage.rollback({ only: ['h1', 'h2'] })).outcome.exitCode).toBe(0);
    expect(stage.links()).toMatchObject({ 'bot.1@h1': one.release, 'bot.2@h2': one.release });
  });
});
