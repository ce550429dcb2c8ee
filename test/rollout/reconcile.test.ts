import { describe, expect, it } from 'vitest';
import { prepareContinue } from '../../src/rollout/plan-continue.ts';
import { prepareReconcile } from '../../src/rollout/plan-reconcile.ts';
import { startRollout } from '../../src/rollout/start.ts';
import { findUnfinished } from '../../src/rollout/unfinished.ts';
import { changesOf, type FakeStage, fakeStage, releasesOf } from './support/fake-stage.ts';
import { slotted, switched, taken } from './support/slotted.ts';

describe('to reconcile', () => {
  it('brings a host that was left out to the release of the others, and touches nobody else', async () => {
    await using stage = await fakeStage();
    await stage.deploy('one');
    const two = await stage.deploy('two', { only: ['h1', 'h2'] });
    const begun = changesOf(stage);
    const { outcome, events } = await stage.reconcile();
    expect(outcome.exitCode, outcome.message).toBe(0);
    expect(releasesOf(stage)).toEqual(new Set([two.release]));
    expect(begun).toEqual(['bot.1@h3', 'bot.2@h3']);
    expect(events.filter(({ type }) => type === 'lock.taken')).toHaveLength(1);
    expect(stage.host('h3').records.get(two.release)?.status).toBe('good');
    expect(JSON.parse(stage.host('h3').told.at(-1)!)).toMatchObject({ what: 'reconcile', outcome: 'succeeded' });
  });

  it('restarts a process that runs another release than its link says', async () => {
    await using stage = await fakeStage();
    const one = await stage.deploy('one');
    const two = await stage.deploy('two');
    stage.host('h2').runs.set('bot.2', one.release);
    const begun = changesOf(stage);
    const { outcome } = await stage.reconcile();
    expect(outcome.exitCode, outcome.message).toBe(0);
    expect(begun).toEqual(['bot.2@h2']);
    expect(stage.host('h2').runs.size).toBe(0);
    expect(releasesOf(stage)).toEqual(new Set([two.release]));
  });

  it('leaves instances alone that are only ill: a deploy would restart them', async () => {
    await using stage = await fakeStage({ rollout: { maxUnavailable: 2 } });
    const { release } = await stage.deploy('one');
    stage.host('h1').sick.add('bot.1');
    stage.host('h2').links.set('bot.1', 'by-hand');
    const begun = changesOf(stage);
    expect((await stage.reconcile()).outcome.exitCode).toBe(0);
    expect(begun).toEqual(['bot.1@h2']);
    expect(releasesOf(stage)).toEqual(new Set([release]));
  });

  it('stops what hosts.json does not want any more', async () => {
    await using stage = await fakeStage();
    const { release } = await stage.deploy('one');
    stage.host('h2').links.set('worker.1', release);
    const { outcome } = await stage.reconcile();
    expect(outcome.exitCode, outcome.message).toBe(0);
    expect(stage.links()).not.toHaveProperty('worker.1@h2');
  });

  it('has nothing to do where nothing has drifted', async () => {
    await using stage = await fakeStage();
    const { release } = await stage.deploy('one');
    const prepared = await prepareReconcile(stage.stage, {});
    expect(prepared).toMatchObject({ alreadyLive: true, plan: { kind: 'reconcile', release: { id: release } } });
  });

  it('keeps to the batches and waits of any rollout, but neither bakes nor runs the hooks of the stage', async () => {
    await using stage = await fakeStage({ rollout: { bake: '10m', batch: 1 }, hooks: { release: ['migrate'] } });
    expect((await stage.deploy('one')).outcome.exitCode).toBe(0);
    stage.host('h2').links.clear();
    const { plan } = await prepareReconcile(stage.stage, {});
    expect(plan.steps).toEqual([
      { type: 'stage', hosts: ['h2'] },
      { type: 'update', instances: ['bot.1@h2'] },
      { type: 'update', instances: ['bot.2@h2'] },
    ]);
  });

  it('does not wait for a host that is away, and says that it is', async () => {
    await using stage = await fakeStage();
    await stage.deploy('one');
    stage.host('h1').unreachable = true;
    stage.host('h2').links.clear();
    const prepared = await prepareReconcile(stage.stage, {});
    expect(prepared.plan.warnings).toContainEqual(expect.stringContaining('h1 is left out and does not answer'));
    expect(prepared.hosts).toEqual(['h2']);
  });

  it('makes a release again that a host lacks, and does not take other files for it', async () => {
    await using stage = await fakeStage();
    await stage.deploy('one');
    const { release } = await stage.deploy('two', { only: ['h1', 'h2'] });
    const prepared = await prepareReconcile(stage.stage, {});
    expect(prepared.plan.hosts).toMatchObject([{ host: 'h3', upload: { files: 1 } }]);
    expect(prepared.plan.release.id).toBe(release);
    await stage.write('other');
    await expect(prepareReconcile(stage.stage, {})).rejects.toMatchObject({ code: 'SLIP_RELEASE_LOST', exitCode: 2 });
  });

  it('that fails goes back to what was there', async () => {
    await using stage = await fakeStage();
    const one = await stage.deploy('one');
    const { release } = await stage.deploy('two', { only: ['h1', 'h2'] });
    stage.host('h3').behave = (_, id) => (id === release ? 'unhealthy' : 'healthy');
    const { outcome } = await stage.reconcile();
    expect(outcome.exitCode).toBe(4);
    expect(stage.host('h3').links.get('bot.1')).toBe(one.release);
    expect(stage.host('h1').records.get(release)?.status).toBe('good');
  });

  it('is refused while a rollout has the stage, and where nothing ever was good', async () => {
    await using stage = await fakeStage();
    await expect(prepareReconcile(stage.stage, {})).rejects.toMatchObject({ code: 'SLIP_NO_RELEASE', exitCode: 2 });
    const refused: Promise<unknown>[] = [];
    await stage.deploy('one', {
      onEvent: ({ type }) => {
        if (type === 'host.ready') refused.push(prepareReconcile(stage.stage, {}).catch((thrown: unknown) => thrown));
      },
    });
    expect(await refused[0]).toMatchObject({ code: 'SLIP_LOCKED', exitCode: 6 });
    stage.hosts.forEach((host) => (host.unreachable = true));
    await expect(prepareReconcile(stage.stage, {})).rejects.toMatchObject({ code: 'SLIP_UNREACHABLE', exitCode: 3 });
  });

  it('goes on where one that nobody runs any more has stopped', async () => {
    await using stage = await fakeStage();
    const one = await stage.deploy('one');
    const { release } = await stage.deploy('two', { only: ['h1', 'h2'] });
    const { outcome } = await stage.reconcile({
      onEvent: (event, send) => {
        if (event.type === 'instance.state' && event.state === 'updated') send('pause');
      },
    });
    expect(outcome.exitCode).toBe(5);
    expect(releasesOf(stage)).toEqual(new Set([one.release, release]));
    const begun = changesOf(stage);
    const rest = await prepareContinue(stage.stage, await findUnfinished(stage.stage), {});
    expect((await startRollout(stage.stage, rest, { whenPaused: 'end' }).finished).exitCode).toBe(0);
    expect(begun).toEqual(['bot.2@h3']);
    expect(releasesOf(stage)).toEqual(new Set([release]));
  });

  /** A reconcile of two hosts that waits for a person after its first instance. */
  async function stopped(stage: FakeStage) {
    await stage.deploy('one');
    const { release } = await stage.deploy('two', { only: ['h1'] });
    const { outcome } = await stage.reconcile({
      onEvent: (event, send) => event.type === 'instance.state' && event.state === 'updated' && send('pause'),
    });
    expect(outcome.exitCode).toBe(5);
    return release;
  }

  it('gives every host free that one which was left had, also those on which nothing is left to do', async () => {
    await using stage = await fakeStage({ instances: 1 });
    const release = await stopped(stage);
    const rest = await prepareContinue(stage.stage, await findUnfinished(stage.stage), {});
    expect((await startRollout(stage.stage, rest, { whenPaused: 'end' }).finished).exitCode).toBe(0);
    expect(stage.hosts.map(({ lockOwner }) => lockOwner)).toEqual([undefined, undefined, undefined]);
    expect(releasesOf(stage)).toEqual(new Set([release]));
  });

  it('leaves a host as it is that a person skips', async () => {
    await using stage = await fakeStage({ instances: 1, rollout: { onFailure: 'pause' } });
    const one = await stage.deploy('one');
    await stage.deploy('two', { only: ['h1'] });
    stage.host('h3').behave = () => 'unhealthy';
    expect((await stage.reconcile()).outcome.exitCode).toBe(5);
    stage.host('h3').behave = () => 'healthy';
    const decision = { type: 'skip', host: 'h3' } as const;
    const rest = await prepareContinue(stage.stage, await findUnfinished(stage.stage), { decision });
    const { exitCode, next } = await startRollout(stage.stage, rest, { whenPaused: 'end' }).finished;
    expect([exitCode, next]).toEqual([0, 'slipway reconcile live']);
    expect(stage.links()['bot.1@h3']).toBe(one.release);
    expect(stage.hosts.map(({ lockOwner }) => lockOwner)).toEqual([undefined, undefined, undefined]);
  });

  it('gives the stage free when the rest of one that was left has been done by hand', async () => {
    await using stage = await fakeStage();
    await stage.deploy('one');
    const { release } = await stage.deploy('two', { only: ['h1', 'h2'] });
    await stage.reconcile({ onEvent: ({ type }, send) => type === 'instance.state' && send('pause') });
    stage.host('h3').links.set('bot.2', release);
    const rest = await prepareContinue(stage.stage, await findUnfinished(stage.stage), {});
    expect(rest.alreadyLive).toBe(false);
    expect((await startRollout(stage.stage, rest, { whenPaused: 'end' }).finished).exitCode).toBe(0);
    expect(stage.host('h3').lockOwner).toBeUndefined();
  });
});

describe('to reconcile slots', () => {
  it('brings a slot with a stray instance to the release in the other one, on all hosts, and switches', async () => {
    await using stage = await slotted();
    await stage.deploy('one');
    const { release } = await stage.deploy('two');
    stage.host('h1').runs.set('bot.green.1', 'by-hand');
    const { outcome, events } = await stage.reconcile();
    expect(outcome.exitCode, outcome.message).toBe(0);
    expect([switched(events), taken(stage)]).toEqual([['h1 blue', 'h2 blue'], ['blue']]);
    expect(stage.links()).toEqual({ 'bot.blue.1@h1': release, 'bot.blue.1@h2': release });
  });

  it('leaves slots alone in which nothing has drifted', async () => {
    await using stage = await slotted({ others: { job: { service: { start: 'a', stop: 'b', status: 'c' } } } });
    await stage.deploy('one');
    stage.host('h2').links.set('job.1', 'by-hand');
    const changed = changesOf(stage);
    const { outcome } = await stage.reconcile();
    expect(outcome.exitCode, outcome.message).toBe(0);
    expect(changed).toEqual(['job.1@h2']);
  });

  it('has nothing to do with a slot that was left warm', async () => {
    await using stage = await slotted();
    await stage.deploy('one');
    await stage.deploy('two', {
      onEvent: (event, send) => event.type === 'instance.state' && event.state === 'updated' && send('abort'),
    });
    expect(await prepareReconcile(stage.stage, {})).toMatchObject({ alreadyLive: true });
  });
});
