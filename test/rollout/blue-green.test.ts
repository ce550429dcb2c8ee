import { describe, expect, it } from 'vitest';
import { mergeFleet } from '../../src/rollout/fleet.ts';
import { lookAtHosts } from '../../src/rollout/stage.ts';
import { changesOf } from './support/fake-stage.ts';
import { slotted, switched, taken } from './support/slotted.ts';

describe('a rollout to slots', () => {
  it('switches all traffic to the idle slot, then retires the other', async () => {
    await using stage = await slotted();
    const first = await stage.deploy('one');
    expect([first.outcome.exitCode, switched(first.events), taken(stage)]).toEqual([
      0,
      ['h1 blue', 'h2 blue'],
      ['blue'],
    ]);
    const { outcome, events, release } = await stage.deploy('two');
    expect([outcome.exitCode, switched(events), taken(stage)]).toEqual([0, ['h1 green', 'h2 green'], ['green']]);
    expect(stage.links()).toEqual({ 'bot.green.1@h1': release, 'bot.green.1@h2': release });
  });

  it('keeps the replaced slot for as long as was asked, counted from the switch', async () => {
    await using stage = await slotted();
    await stage.deploy('one');
    const before = stage.clock.now();
    const { events } = await stage.deploy('two');
    const retired = events.findLast((event) => event.type === 'rollout.step' && event.title.startsWith('retire'));
    const moved = events.find((event) => event.type === 'traffic.switched');
    expect(retired!.t - moved!.t).toBeGreaterThanOrEqual(60_000);
    expect(retired!.t - moved!.t).toBeLessThan(70_000);
    expect(before).toBeLessThan(moved!.t);
  });

  it('takes every instance out of traffic before it is changed or retired', async () => {
    await using stage = await slotted();
    await stage.deploy('one');
    const wrong: string[] = [];
    stage.hosts.forEach((host) => {
      host.onChange = ({ type, instance }) => {
        if (type === 'begins' && host.servers.get(instance) !== 'drain') wrong.push(instance);
      };
    });
    await stage.deploy('two');
    await stage.deploy('three');
    expect(wrong).toEqual([]);
  });

  it('leaves the traffic where it is when the idle slot does not come up, and stops what it started', async () => {
    await using stage = await slotted();
    const { release } = await stage.deploy('one');
    stage.host('h2').behave = () => 'unhealthy';
    const { outcome, events } = await stage.deploy('two');
    expect([outcome.exitCode, switched(events), taken(stage)]).toEqual([4, [], ['blue']]);
    expect(stage.links()).toEqual({ 'bot.blue.1@h1': release, 'bot.blue.1@h2': release });
  });

  it('flips back without a restart when the new slot gets worse while it is watched', async () => {
    await using stage = await slotted();
    await stage.deploy('one');
    const changed = changesOf(stage);
    const { outcome, events } = await stage.deploy('two', {
      onEvent: (event) => {
        if (event.type === 'bake.started') stage.host('h1').sick.add('bot.green.1');
      },
    });
    expect([outcome.exitCode, taken(stage)]).toEqual([4, ['blue']]);
    expect(switched(events)).toEqual(['h1 green', 'h2 green', 'h1 blue', 'h2 blue']);
    expect(changed.filter((id) => id.includes('blue'))).toEqual([]);
    expect(Object.keys(stage.links())).toEqual(['bot.blue.1@h1', 'bot.blue.1@h2']);
  });

  it('flips back at once when somebody asks for it while the old slot is warm', async () => {
    await using stage = await slotted({ rollout: { bake: '0s' } });
    await stage.deploy('one');
    const changed = changesOf(stage);
    let asked = 0;
    const { outcome, events } = await stage.deploy('two', {
      onEvent: (event, send) => {
        if (event.type !== 'bake.started') return;
        asked = event.t;
        expect(send('rollback')).toBeUndefined();
      },
    });
    const back = events.filter((event) => event.type === 'traffic.switched' && event.to === 'blue');
    expect([outcome.exitCode, taken(stage), back.map(({ t }) => t - asked)]).toEqual([4, ['blue'], [0, 0]]);
    expect(changed.filter((id) => id.includes('blue'))).toEqual([]);
  });

  it('leaves the traffic at the new slot when it is aborted there, with the old one warm; a rollback then only switches', async () => {
    await using stage = await slotted({ rollout: { bake: '0s' } });
    const { release } = await stage.deploy('one');
    const aborted = await stage.deploy('two', {
      onEvent: (event, send) => event.type === 'bake.started' && send('abort'),
    });
    expect([aborted.outcome.exitCode, taken(stage), Object.keys(stage.links()).length]).toEqual([5, ['green'], 4]);
    const changed = changesOf(stage);
    const back = await stage.rollback();
    expect([back.outcome.exitCode, back.release, taken(stage)]).toEqual([0, release, ['blue']]);
    expect(changed.filter((id) => id.includes('blue'))).toEqual([]);
    expect(stage.host('h1').said.filter((line) => line.startsWith('verify'))).toEqual([]);
    expect(Object.keys(stage.links())).toEqual(['bot.blue.1@h1', 'bot.blue.1@h2']);
  });

  it('goes back to a release whose slot was retired by starting it in the idle slot', async () => {
    await using stage = await slotted();
    const { release } = await stage.deploy('one');
    await stage.deploy('two');
    const { outcome } = await stage.rollback();
    expect([outcome.exitCode, taken(stage)]).toEqual([0, ['blue']]);
    expect(stage.links()).toEqual({ 'bot.blue.1@h1': release, 'bot.blue.1@h2': release });
  });

  it('brings the proxies that switched back when one of them refuses', async () => {
    await using stage = await slotted();
    await stage.deploy('one');
    const { outcome, events } = await stage.deploy('two', {
      onEvent: (event) => {
        if (event.type === 'rollout.step' && event.title.startsWith('switch')) stage.host('h2').trafficFails = true;
        if (event.type === 'rollout.phase' && event.phase === 'RollingBack') stage.host('h2').trafficFails = false;
      },
    });
    expect([outcome.exitCode, taken(stage)]).toEqual([4, ['blue']]);
    expect(switched(events).slice(0, 2)).toEqual(['h1 green', 'h1 blue']);
  });

  it('waits for a proxy that has not seen the new slot up yet, and gives up with its name', async () => {
    await using stage = await slotted();
    await stage.deploy('one');
    const { outcome } = await stage.deploy('two', {
      onEvent: (event) => {
        if (event.type === 'rollout.step' && event.title.startsWith('switch')) stage.host('h2').sick.add('bot.green.1');
      },
    });
    expect(outcome.message).toContain('h2: HAProxy has not seen bot/bot.green.1 up within 30s');
    expect([outcome.exitCode, taken(stage)]).toEqual([4, ['blue']]);
  });

  it('starts the old slot again when it has to go back after that was retired', async () => {
    await using stage = await slotted({ rollout: { bake: '0s', keepWarm: '0s' } });
    const { release } = await stage.deploy('one');
    const { outcome } = await stage.deploy('two', {
      onEvent: (event, send) => {
        if (event.type === 'rollout.step' && event.title.startsWith('retire'))
          stage.host('h2').onChange = () => void send('rollback');
      },
    });
    expect([outcome.exitCode, taken(stage)]).toEqual([4, ['blue']]);
    expect(stage.links()).toEqual({ 'bot.blue.1@h1': release, 'bot.blue.1@h2': release });
  });

  it('watches a slot that an aborted rollout had made ready, and flips back from it, too', async () => {
    await using stage = await slotted();
    await stage.deploy('one');
    await stage.deploy('two', {
      onEvent: (event, send) => event.type === 'instance.state' && event.state === 'updated' && send('abort'),
    });
    expect([taken(stage), Object.keys(stage.links()).length]).toEqual([['blue'], 4]);
    const changed = changesOf(stage);
    const { outcome, events } = await stage.deploy('two', {
      onEvent: (event) => event.type === 'bake.started' && stage.host('h1').sick.add('bot.green.1'),
    });
    expect([outcome.exitCode, switched(events).length, taken(stage)]).toEqual([4, 4, ['blue']]);
    expect(changed.toSorted()).toEqual(['bot.green.1@h1', 'bot.green.1@h2']);
  });

  it('goes on after a pause in the warm time with what is left of it', async () => {
    await using stage = await slotted({ rollout: { bake: '0s' } });
    await stage.deploy('one');
    let paused = false;
    const { outcome, events } = await stage.deploy('two', {
      whenPaused: 'wait',
      onEvent: (event, send) => {
        if (event.type === 'bake.started' && !paused) paused = send('pause') === undefined;
        if (event.type === 'rollout.paused') setImmediate(() => send('resume'));
      },
    });
    expect([outcome.exitCode, taken(stage), events.filter(({ type }) => type === 'bake.started')]).toMatchObject([
      0,
      ['green'],
      { length: 2 },
    ]);
  });

  it('is refused for some of the hosts alone', async () => {
    await using stage = await slotted();
    await expect(stage.deploy('one', { only: ['h1'] })).rejects.toMatchObject({ code: 'SLIP_ONLY_SLOTS' });
  });
});

describe('a stage with slots', () => {
  it('tells which instances take the traffic, and counts none that idles as live', async () => {
    await using stage = await slotted({ rollout: { bake: '0s' } });
    await stage.deploy('one');
    const { release } = await stage.deploy('two', {
      onEvent: (event, send) => event.type === 'bake.started' && send('abort'),
    });
    const { hosts, releases } = mergeFleet(await lookAtHosts(stage.stage), []);
    const told = hosts.flatMap((one) =>
      one.type === 'read' ? one.state.instances.map(({ id, traffic }) => [id, traffic]) : [],
    );
    expect(told.slice(0, 2)).toEqual([
      ['bot.blue.1@h1', 'idle'],
      ['bot.green.1@h1', 'taken'],
    ]);
    expect(releases.map(({ id, live }) => [id === release, live.length])).toEqual([
      [true, 2],
      [false, 0],
    ]);
  });
});
