import { describe, expect, it } from 'vitest';
import { accept } from '../../src/rollout/accept.ts';
import { RemoteError } from '../../src/base/errors.ts';
import type { RolloutEvent } from '../../src/rollout/events.ts';
import { prepareContinue } from '../../src/rollout/plan-continue.ts';
import { prepareRollback } from '../../src/rollout/plan-rollback.ts';
import type { Prepared } from '../../src/rollout/prepared.ts';
import { startRollout } from '../../src/rollout/start.ts';
import { findUnfinished } from '../../src/rollout/unfinished.ts';
import { type FakeStage, fakeStage, releasesOf, type RunOptions } from './support/fake-stage.ts';

const SHAPE = { hosts: 2, instances: 1, rollout: { bake: '10m' } };

/** The second deploy of a stage waits for a person after its first instance, with nobody there. */
async function halfWay(stage: FakeStage) {
  const one = await stage.deploy('one');
  const two = await stage.deploy('two', {
    onEvent: (event, send) => {
      if (event.type === 'bake.started') send('pause');
    },
  });
  expect(two.outcome.exitCode).toBe(5);
  expect(releasesOf(stage)).toEqual(new Set([one.release, two.release]));
  return { one, two };
}

async function run({ stage }: FakeStage, prepared: Prepared) {
  const events: RolloutEvent[] = [];
  const rollout = startRollout(stage, prepared, { whenPaused: 'end' });
  rollout.subscribe((event) => events.push(event));
  return { outcome: await rollout.finished, events };
}

describe('of a rollout that nobody runs any more', () => {
  it('the rest is done, and nothing twice', async () => {
    await using stage = await fakeStage(SHAPE);
    const { two } = await halfWay(stage);
    const begun: string[] = [];
    stage.hosts.forEach((host) => {
      host.onChange = ({ type, instance }) => {
        if (type === 'begins') begun.push(`${instance}@${host.host}`);
      };
    });
    const unfinished = await findUnfinished(stage.stage);
    expect(unfinished).toMatchObject({ rollout: two.state.rollout, plan: { release: { id: two.release } } });
    expect(unfinished.owner.why).toBe(`deploy ${two.release}; waits: asked to pause`);
    const { outcome, events } = await run(stage, await prepareContinue(stage.stage, unfinished, {}));
    expect(outcome.exitCode, outcome.message).toBe(0);
    expect(releasesOf(stage)).toEqual(new Set([two.release]));
    expect(begun).toHaveLength(1);
    expect(events.filter(({ type }) => type === 'lock.takenOver')).toHaveLength(2);
    expect(stage.host('h1').records.get(two.release)?.status).toBe('good');
  });

  it('the rest that fails takes along what had been changed before', async () => {
    await using stage = await fakeStage(SHAPE);
    const { one, two } = await halfWay(stage);
    stage.hosts.forEach((host) => (host.behave = (_, release) => (release === two.release ? 'unhealthy' : 'healthy')));
    const prepared = await prepareContinue(stage.stage, await findUnfinished(stage.stage), {});
    const { outcome } = await run(stage, prepared);
    expect(outcome.exitCode, outcome.message).toBe(4);
    expect(releasesOf(stage)).toEqual(new Set([one.release]));
  });

  it('what was changed goes back', async () => {
    await using stage = await fakeStage(SHAPE);
    const { one } = await halfWay(stage);
    const { rollout: takes } = await findUnfinished(stage.stage);
    const { outcome } = await run(stage, await prepareRollback(stage.stage, { takes }));
    expect(outcome.exitCode, outcome.message).toBe(0);
    expect(releasesOf(stage)).toEqual(new Set([one.release]));
  });

  it('all may be left as it is: the stage is free, and the history says who did so', async () => {
    await using stage = await fakeStage(SHAPE);
    const { two } = await halfWay(stage);
    const before = stage.links();
    expect(await accept(stage.stage, await findUnfinished(stage.stage))).toEqual([]);
    expect(stage.links()).toEqual(before);
    expect(stage.hosts.map(({ lockOwner }) => lockOwner)).toEqual([undefined, undefined]);
    expect(JSON.parse(stage.host('h1').told.at(-1)!)).toMatchObject({ outcome: 'accepted', release: two.release });
    await expect(findUnfinished(stage.stage)).rejects.toMatchObject({ code: 'SLIP_NO_ROLLOUT' });
  });

  it('a release that a host has lost is made again, and has to be the same', async () => {
    await using stage = await fakeStage(SHAPE);
    const { two } = await halfWay(stage);
    stage.host('h2').records.delete(two.release);
    const prepared = await prepareContinue(stage.stage, await findUnfinished(stage.stage), {});
    expect(prepared.plan.release).toMatchObject({ id: two.release });
    const { outcome } = await run(stage, prepared);
    expect(outcome.exitCode, outcome.message).toBe(0);
    expect(releasesOf(stage)).toEqual(new Set([two.release]));
  });

  it('other files than it had are no way to go on', async () => {
    await using stage = await fakeStage(SHAPE);
    const { two } = await halfWay(stage);
    stage.host('h2').records.delete(two.release);
    await stage.write('other');
    const going = prepareContinue(stage.stage, await findUnfinished(stage.stage), {});
    await expect(going).rejects.toMatchObject({ code: 'SLIP_RELEASE_LOST', exitCode: 2 });
  });

  it('a plan that cannot be read is said to be none', async () => {
    await using stage = await fakeStage(SHAPE);
    const { two } = await halfWay(stage);
    for (const host of stage.hosts)
      await host.rollout(two.state.rollout, '{"v":1,"kind":"deploy","release":{"id":"$(x)"}}');
    await expect(findUnfinished(stage.stage)).rejects.toMatchObject({ code: 'SLIP_NO_PLAN' });
  });
});

it('a rollout that somebody runs is not to be decided about', async () => {
  await using stage = await fakeStage(SHAPE);
  await stage.deploy('one');
  const seen: Promise<unknown>[] = [];
  await stage.deploy('two', {
    onEvent: (event, send) => {
      if (event.type !== 'bake.started') return;
      seen.push(
        findUnfinished(stage.stage)
          .catch((thrown: unknown) => thrown)
          .finally(() => send('abort')),
      );
    },
  });
  expect(await seen[0]).toMatchObject({ code: 'SLIP_LOCKED', exitCode: 6 });
});

function pauseAt(isIt: (event: RolloutEvent) => boolean): NonNullable<RunOptions['onEvent']> {
  return (event, send) => {
    if (isIt(event)) send('pause');
  };
}

/** A stage on which two releases are good, and a deploy of the next waits for a person at the first of these events. */
async function stopped(stage: FakeStage, at: RolloutEvent['type'], text = 'three') {
  const one = await stage.deploy('one');
  const two = await stage.deploy('two');
  const last = await stage.deploy(text, { onEvent: pauseAt((event) => event.type === at) });
  expect(last.outcome.exitCode, last.outcome.message).toBe(5);
  return { one, two, last };
}

async function goOn(stage: FakeStage) {
  const prepared = await prepareContinue(stage.stage, await findUnfinished(stage.stage), {});
  return { prepared, ...(await run(stage, prepared)) };
}

async function goBack(stage: FakeStage) {
  const { rollout: takes } = await findUnfinished(stage.stage);
  const prepared = await prepareRollback(stage.stage, { takes });
  return { prepared, ...(await run(stage, prepared)) };
}

const owners = (stage: FakeStage) => stage.hosts.map(({ lockOwner }) => lockOwner);

describe('of a rollout that was stopped', () => {
  const SHORT = { ...SHAPE, rollout: { bake: '1m' } };

  it('before it switched anything, the way back is what runs, and the stage is free', async () => {
    await using stage = await fakeStage(SHAPE);
    const { two } = await stopped(stage, 'host.ready');
    const { prepared, outcome } = await goBack(stage);
    expect(prepared).toMatchObject({ alreadyLive: false, plan: { release: { id: two.release } } });
    expect(outcome.exitCode, outcome.message).toBe(0);
    expect(releasesOf(stage)).toEqual(new Set([two.release]));
    expect(owners(stage)).toEqual([undefined, undefined]);
  });

  it('while it deployed an older release again, the way back is the newer one', async () => {
    await using stage = await fakeStage(SHAPE);
    const { two } = await stopped(stage, 'bake.started', 'one');
    const { outcome } = await goBack(stage);
    expect(outcome.exitCode, outcome.message).toBe(0);
    expect(releasesOf(stage)).toEqual(new Set([two.release]));
  });

  it('while it deployed an older release again, that is the newest one at the end', async () => {
    await using stage = await fakeStage(SHORT);
    const { one, two } = await stopped(stage, 'bake.started', 'one');
    expect((await goOn(stage)).outcome.exitCode).toBe(0);
    expect(releasesOf(stage)).toEqual(new Set([one.release]));
    expect((await stage.rollback()).release).toBe(two.release);
  });

  it('on its way back, going back is finishing it', async () => {
    await using stage = await fakeStage(SHAPE);
    await stage.deploy('one');
    const two = await stage.deploy('two');
    await stage.deploy('three');
    const back = await stage.rollback({
      onEvent: pauseAt((event) => event.type === 'instance.state' && event.state === 'updated'),
    });
    expect(back.outcome.exitCode, back.outcome.message).toBe(5);
    expect((await goBack(stage)).outcome.exitCode).toBe(0);
    expect(releasesOf(stage)).toEqual(new Set([two.release]));
  });

  it('after its last switch, there is nothing to do but to give the stage free', async () => {
    await using stage = await fakeStage(SHAPE);
    await stage.deploy('one');
    await halfWay(stage);
    const { owner } = await findUnfinished(stage.stage);
    expect((await goOn(stage)).outcome.exitCode).toBe(0);
    // as if its last word had not reached one host
    stage.host('h2').lockOwner = owner;
    const { prepared, outcome } = await goOn(stage);
    expect(prepared.alreadyLive).toBe(false);
    expect(outcome.exitCode, outcome.message).toBe(0);
    expect(owners(stage)).toEqual([undefined, undefined]);
  });

  it('an instance that it switched and that does not stand is changed again', async () => {
    await using stage = await fakeStage(SHAPE);
    await stopped(stage, 'bake.started');
    const h1 = stage.host('h1');
    h1.sick.add('bot.1');
    h1.onChange = ({ instance }) => void h1.sick.delete(instance);
    const { outcome } = await goOn(stage);
    expect(outcome.exitCode, outcome.message).toBe(0);
    expect(h1.sick).toEqual(new Set());
  });

  it('and that was gone on with and stopped again, all goes back together', async () => {
    await using stage = await fakeStage({ ...SHAPE, hosts: 3 });
    const { two, last } = await stopped(stage, 'bake.started');
    const prepared = await prepareContinue(stage.stage, await findUnfinished(stage.stage), {});
    const again = startRollout(stage.stage, prepared, { whenPaused: 'end' });
    again.subscribe((event) => {
      if (event.type === 'bake.started') again.send({ type: 'pause' });
    });
    expect((await again.finished).exitCode).toBe(5);
    stage.hosts.forEach((host) => (host.behave = (_, release) => (release === last.release ? 'unhealthy' : 'healthy')));
    const { outcome } = await goOn(stage);
    expect(outcome.exitCode, outcome.message).toBe(4);
    expect(releasesOf(stage)).toEqual(new Set([two.release]));
  });

  it('instances that nobody wants any more are retired after all', async () => {
    await using stage = await fakeStage(SHORT);
    await stopped(stage, 'bake.started');
    stage.host('h2').links.set('bot.2', 'another');
    expect((await goOn(stage)).outcome.exitCode).toBe(0);
    expect(stage.host('h2').links.has('bot.2')).toBe(false);
  });

  it('while it was taking over what another had paused, the rest is done by whoever takes over both', async () => {
    await using stage = await fakeStage(SHORT);
    const { last } = await stopped(stage, 'bake.started');
    const h2 = stage.host('h2');
    const lock = h2.lock.bind(h2);
    h2.lock = () => Promise.reject(new RemoteError({ code: 'SLIP_UNREACHABLE', host: 'h2', message: 'gone' }));
    h2.unlock = stage.host('h1').unlock = () => Promise.reject(new Error('killed'));
    stage.host('h1').own = () => Promise.reject(new Error('killed'));
    await goOn(stage);
    Object.assign(h2, { lock });
    const h1 = stage.host('h1');
    expect(h1.lockOwner?.rollout).not.toBe(h2.lockOwner?.rollout);
    h1.lockOwner = { ...h1.lockOwner!, state: 'paused' };
    const { outcome } = await goOn(stage);
    expect(outcome.exitCode, outcome.message).toBe(0);
    expect(releasesOf(stage)).toEqual(new Set([last.release]));
  });

  it('no release hook is run that has been run', async () => {
    await using stage = await fakeStage({ ...SHAPE, hooks: { release: ['migrate', 'seed'] } });
    await stopped(stage, 'hook.started');
    const ran = () => stage.host('h1').said.filter((line) => line.startsWith('hook '));
    const before = ran().length;
    const { prepared } = await goOn(stage);
    expect(prepared.plan.steps.map(({ type }) => type)).not.toContain('hook');
    expect(ran()).toHaveLength(before);
  });
});
