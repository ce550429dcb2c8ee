import { describe, expect, it } from 'vitest';
import { type FakeStage, fakeStage } from './support/fake-stage.ts';

const SHAPE = { hosts: 3, instances: 1, rollout: { onFailure: 'pause' } };

/** The second release does not come up on h2, until somebody mends it. */
async function failing(stage: FakeStage) {
  const { release } = await stage.deploy('one');
  const host = stage.host('h2');
  host.behave = (_, to) => (to === release ? 'healthy' : 'unhealthy');
  return { host, release };
}

describe('an instance that has failed', () => {
  it('is tried again by a word, and the rollout goes on', async () => {
    await using stage = await fakeStage(SHAPE);
    const { host } = await failing(stage);
    const { outcome, events } = await stage.deploy('two', {
      whenPaused: 'wait',
      onEvent: (event, send) => {
        if (event.type !== 'rollout.paused') return;
        expect(event).toMatchObject({ reasons: ['failure'], failed: ['bot.1@h2'] });
        host.behave = () => 'healthy';
        send({ type: 'retry', instance: 'bot.1@h2' });
      },
    });
    expect(outcome.exitCode, outcome.message).toBe(0);
    expect(new Set(Object.values(stage.links())).size).toBe(1);
    expect(events.filter(({ type }) => type === 'rollout.resumed')).toHaveLength(1);
  });

  it('that fails again stays paused, also where failures go back by themselves', async () => {
    await using stage = await fakeStage({ ...SHAPE, rollout: { onFailure: 'rollback' } });
    const { host } = await failing(stage);
    const reasons: string[] = [];
    const { outcome } = await stage.deploy('two', {
      whenPaused: 'wait',
      onEvent: (event, send) => {
        if (event.type === 'instance.state' && event.state === 'updated') host.unreachable = true;
        if (event.type !== 'rollout.paused') return;
        reasons.push(...event.reasons);
        host.unreachable = false;
        send(reasons.length < 3 ? { type: 'retry', instance: 'bot.1@h2' } : { type: 'abort' });
      },
    });
    expect(reasons).toEqual(['hostUnreachable', 'failure', 'failure']);
    expect(outcome.exitCode).toBe(5);
  });

  it('is tried again without a controller, by going on', async () => {
    await using stage = await fakeStage(SHAPE);
    const { host } = await failing(stage);
    expect((await stage.deploy('two')).outcome.exitCode).toBe(5);
    host.behave = () => 'healthy';
    await expect(stage.goOn({ decision: { type: 'retry', instance: 'bot.1@h1' } })).rejects.toMatchObject({
      code: 'SLIP_NOT_NOW',
    });
    const { outcome } = await stage.goOn({ decision: { type: 'retry', instance: 'bot.1@h2' } });
    expect(outcome.exitCode, outcome.message).toBe(0);
    expect(new Set(Object.values(stage.links())).size).toBe(1);
  });
});

describe('a host that is skipped', () => {
  it('keeps what it runs, its failures count no more, and the end says that it stays behind', async () => {
    await using stage = await fakeStage({ ...SHAPE, instances: 2, rollout: { onFailure: 'pause', maxUnavailable: 1 } });
    const { release } = await failing(stage);
    const {
      outcome,
      state,
      release: two,
    } = await stage.deploy('two', {
      whenPaused: 'wait',
      onEvent: (event, send) => {
        if (event.type === 'rollout.paused') send({ type: 'skip', host: 'h2' });
      },
    });
    expect(outcome.exitCode, outcome.message).toBe(0);
    expect(outcome.message).toContain('2 instances stayed behind');
    expect(outcome.message).toContain('h2 was skipped by');
    expect(outcome.next).toBe('slipway reconcile live');
    expect(stage.links()).toMatchObject({ 'bot.1@h2': release, 'bot.2@h2': release, 'bot.2@h3': two });
    expect(state.instances['bot.2@h2']).toMatchObject({ state: 'skipped', release });
    expect(state.hosts['h2']?.skipped).toBeDefined();
  });

  it('that is away lets the others go on', async () => {
    await using stage = await fakeStage(SHAPE);
    const { release } = await stage.deploy('one');
    const { outcome } = await stage.deploy('two', {
      whenPaused: 'wait',
      onEvent: (event, send) => {
        if (event.type === 'instance.state' && event.state === 'updated') stage.host('h2').unreachable = true;
        if (event.type === 'rollout.paused') send({ type: 'skip', host: 'h2' });
      },
    });
    expect(outcome.exitCode, outcome.message).toBe(0);
    expect(stage.links()['bot.1@h2']).toBe(release);
    expect(stage.links()['bot.1@h3']).not.toBe(release);
  });

  it('with an instance down takes no further one out than may be', async () => {
    await using stage = await fakeStage(SHAPE);
    const { host, release } = await failing(stage);
    host.behave = (_, to) => (to === release ? 'healthy' : 'dead');
    let pauses = 0;
    const { outcome, events } = await stage.deploy('two', {
      whenPaused: 'wait',
      onEvent: (event, send) => {
        if (event.type !== 'rollout.paused') return;
        pauses += 1;
        send(pauses === 1 ? { type: 'skip', host: 'h2' } : { type: 'abort' });
      },
    });
    expect(outcome.exitCode).toBe(5);
    expect(events.findLast((event) => event.type === 'rollout.paused')?.reason).toContain('maxUnavailable');
    expect(stage.links()['bot.1@h3']).toBe(release);
  });

  it('is left out when nobody ran it any more, and given free', async () => {
    await using stage = await fakeStage(SHAPE);
    const { release } = await failing(stage);
    const two = await stage.deploy('two');
    expect(two.outcome.exitCode).toBe(5);
    const { outcome } = await stage.goOn({ decision: { type: 'skip', host: 'h2' } });
    expect(outcome.exitCode, outcome.message).toBe(0);
    expect(outcome.message).toContain('h2 is left out');
    expect(stage.links()).toEqual({ 'bot.1@h1': two.release, 'bot.1@h2': release, 'bot.1@h3': two.release });
    expect(stage.hosts.map(({ lockOwner }) => lockOwner)).toEqual([undefined, undefined, undefined]);
  });
});

describe('failures', () => {
  it('count over all batches: one more than maxFailures decides', async () => {
    await using stage = await fakeStage({ ...SHAPE, rollout: { maxFailures: 1 } });
    const { release } = await stage.deploy('one');
    for (const name of ['h1', 'h3']) stage.host(name).behave = (_, to) => (to === release ? 'healthy' : 'unhealthy');
    const { outcome, events } = await stage.deploy('two');
    expect(outcome.exitCode).toBe(4);
    expect(outcome.message).toContain('bot.1@h1');
    expect(outcome.message).toContain('bot.1@h3');
    expect(events.filter((event) => event.type === 'instance.state' && event.state === 'updated')).toHaveLength(2);
  });
});

describe('the clock of progress', () => {
  it('stands still while paused, and starts afresh', async () => {
    await using stage = await fakeStage({ ...SHAPE, rollout: { progressDeadline: '10m' } });
    await stage.deploy('one');
    const { outcome } = await stage.deploy('two', {
      whenPaused: 'wait',
      onEvent: (event, send) => {
        if (event.type === 'instance.state' && event.state === 'updated' && event.instance === 'bot.1@h1')
          send('pause');
        if (event.type !== 'rollout.paused') return;
        stage.clock.advance(3_600_000);
        setImmediate(() => send('resume'));
      },
    });
    expect(outcome.exitCode, outcome.message).toBe(0);
  });

  it('that runs out pauses for a person: deadline', async () => {
    await using stage = await fakeStage(SHAPE);
    const { release } = await stage.deploy('one');
    stage.host('h2').behave = (_, to) => (to === release ? 'healthy' : 'waits');
    const { outcome, events } = await stage.deploy('two', {
      onEvent: (event) => {
        if (event.type === 'instance.state' && event.state === 'switched' && event.instance === 'bot.1@h2')
          setImmediate(() => stage.clock.advance(600_001));
      },
    });
    expect(outcome.exitCode).toBe(5);
    expect(events.find(({ type }) => type === 'rollout.paused')).toMatchObject({ reasons: ['deadline'] });
  });
});
