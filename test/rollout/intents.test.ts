import { describe, expect, it } from 'vitest';
import type { RolloutEvent } from '../../src/rollout/events.ts';
import { fakeStage, releasesOf } from './support/fake-stage.ts';

const isState = (event: RolloutEvent, state: string, instance?: string) =>
  event.type === 'instance.state' && event.state === state && (instance === undefined || event.instance === instance);

describe('an intent', () => {
  it('pause takes effect after the instance in flight, and resume goes on', async () => {
    await using stage = await fakeStage();
    await stage.deploy('one');
    const { outcome, events } = await stage.deploy('two', {
      whenPaused: 'wait',
      onEvent: (event, send) => {
        if (isState(event, 'switched', 'bot.1@h2')) send('pause');
        if (event.type === 'rollout.paused') queueMicrotask(() => send('resume'));
      },
    });
    expect(outcome.exitCode).toBe(0);
    const paused = events.findIndex((event) => event.type === 'rollout.paused');
    expect(events.findIndex((event) => isState(event, 'updated', 'bot.1@h2'))).toBeLessThan(paused);
    expect(events.findIndex((event) => isState(event, 'switched', 'bot.1@h3'))).toBeGreaterThan(paused);
  });

  it('abort does not wait for health, goes back with the instance in flight, and leaves the others as they are', async () => {
    await using stage = await fakeStage();
    const good = await stage.deploy('one');
    stage.host('h2').behave = (_instance, release) => (release === good.release ? 'healthy' : 'waits');
    const { outcome, release } = await stage.deploy('two', {
      onEvent: (event, send) => {
        if (isState(event, 'switched', 'bot.1@h2')) send('abort');
      },
    });
    expect(outcome.exitCode).toBe(5);
    expect(stage.host('h2').said).toContain('cancel bot.1');
    expect(stage.links()).toMatchObject({ 'bot.1@h1': release, 'bot.1@h2': good.release, 'bot.1@h3': good.release });
    expect(stage.hosts.every((host) => host.lockOwner === undefined)).toBe(true);
  });

  it('rollback brings everything back, last first', async () => {
    await using stage = await fakeStage();
    const good = await stage.deploy('one');
    const order: string[] = [];
    stage.hosts.forEach((host) => {
      host.onChange = ({ type, instance }) => type === 'begins' && order.push(`${instance}@${host.host}`);
    });
    const { outcome } = await stage.deploy('two', {
      onEvent: (event, send) => {
        if (isState(event, 'updated', 'bot.1@h3')) send('rollback');
      },
    });
    expect(outcome.exitCode).toBe(4);
    expect(releasesOf(stage)).toEqual(new Set([good.release]));
    expect(order).toEqual(['bot.1@h1', 'bot.1@h2', 'bot.1@h3', 'bot.1@h3', 'bot.1@h2', 'bot.1@h1']);
  });

  it('leave stops looking, and leaves the lock to age', async () => {
    await using stage = await fakeStage();
    const good = await stage.deploy('one');
    stage.host('h1').behave = (_instance, release) => (release === good.release ? 'healthy' : 'waits');
    const { outcome } = await stage.deploy('two', {
      onEvent: (event, send) => {
        if (isState(event, 'switched')) send('leave');
      },
    });
    expect(outcome.exitCode).toBe(5);
    expect(stage.host('h1').said).not.toContain('cancel bot.1');
    expect(stage.host('h1').lockOwner).toMatchObject({ state: 'held' });
  });

  it('leave ends the watch at once, also while an abort waits for the way back', async () => {
    await using stage = await fakeStage();
    const good = await stage.deploy('one');
    const host = stage.host('h1');
    host.behave = (_instance, release) => (release === good.release ? 'healthy' : 'waits');
    host.cancel = () => Promise.resolve(); // a worker that hangs hears nothing
    const { outcome } = await stage.deploy('two', {
      onEvent: (event, send) => {
        if (!isState(event, 'switched')) return;
        send('abort');
        setImmediate(() => send('leave'));
      },
    });
    expect(outcome.exitCode).toBe(5);
  });

  it('that is not legal now is refused with the reason', async () => {
    await using stage = await fakeStage();
    const answers: (string | undefined)[] = [];
    await stage.deploy('one', {
      onEvent: (event, send) => {
        if (event.type === 'rollout.phase' && event.phase === 'Progressing') answers.push(send('resume'));
        if (event.type === 'rollout.finished') answers.push(send('abort'));
      },
    });
    expect(answers).toEqual(['it is not paused', 'the rollout is over']);
  });

  it('before anything was switched ends with 130, nothing changed', async () => {
    await using stage = await fakeStage();
    const { outcome } = await stage.deploy('one', {
      onEvent: (event, send) => {
        if (event.type === 'rollout.phase' && event.phase === 'Staging') send('abort');
      },
    });
    expect(outcome.exitCode).toBe(130);
    expect(stage.links()).toEqual({});
  });

  it('abort while the only touched instance goes back ends with 4: everything runs what it ran before', async () => {
    await using stage = await fakeStage();
    const good = await stage.deploy('one');
    stage.host('h1').behave = (_instance, release) => (release === good.release ? 'healthy' : 'waits');
    const { outcome } = await stage.deploy('two', {
      onEvent: (event, send) => {
        if (isState(event, 'switched')) send('abort');
      },
    });
    expect(outcome.exitCode).toBe(4);
    expect(releasesOf(stage)).toEqual(new Set([good.release]));
  });

  it('resume tries an instance that came up on neither release again, and it goes back', async () => {
    await using stage = await fakeStage();
    const good = await stage.deploy('one');
    const host = stage.host('h2');
    host.behave = (instance, release) => (instance === 'bot.1' && release !== good.release ? 'dead' : 'healthy');
    const { outcome, events } = await stage.deploy('two', {
      whenPaused: 'wait',
      onEvent: (event, send) => {
        if (event.type === 'rollout.phase' && event.phase === 'RollbackPaused') setImmediate(() => send('resume'));
      },
    });
    expect(outcome.exitCode).toBe(4);
    expect(events.some((event) => event.type === 'rollout.paused')).toBe(true);
    expect(events.filter((event) => isState(event, 'updated', 'bot.1@h2'))).toHaveLength(1);
    expect(releasesOf(stage)).toEqual(new Set([good.release]));
  });

  it('pause during a bake lets it start afresh, and after the last step there is nothing to pause', async () => {
    await using stage = await fakeStage({ hosts: 1, instances: 1, rollout: { bake: '1m' } });
    let asked = 0;
    const { outcome, events } = await stage.deploy('one', {
      whenPaused: 'wait',
      onEvent: (event, send) => {
        if (event.type === 'bake.started' && asked === 0) {
          asked += 1;
          send('pause');
        }
        if (event.type === 'rollout.paused') queueMicrotask(() => send('resume'));
        if (event.type === 'bake.finished' && asked === 1) asked += 1;
        else if (event.type === 'bake.finished') send('pause');
      },
    });
    expect(outcome.exitCode).toBe(0);
    expect(events.filter((event) => event.type === 'bake.started')).toHaveLength(2);
    expect(events.filter((event) => event.type === 'rollout.paused')).toHaveLength(1);
  });

  it('leave in a paused rollback keeps the lock for the person who comes', async () => {
    await using stage = await fakeStage();
    const good = await stage.deploy('one');
    stage.host('h2').behave = (_instance, release) => (release === good.release ? 'healthy' : 'dead');
    const { outcome } = await stage.deploy('two', {
      whenPaused: 'wait',
      onEvent: (event, send) => {
        if (event.type === 'rollout.phase' && event.phase === 'RollbackPaused') setImmediate(() => send('leave'));
      },
    });
    expect(outcome.exitCode).toBe(5);
    expect(stage.host('h1').lockOwner?.state).toBe('paused');
  });
});
