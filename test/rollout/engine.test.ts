import { describe, expect, it } from 'vitest';
import { RemoteError } from '../../src/base/errors.ts';
import type { RolloutEvent } from '../../src/rollout/events.ts';
import { fakeStage, releasesOf } from './support/fake-stage.ts';

describe('a deploy', () => {
  it('ends with every instance on the release, which is then good, and releases the lock', async () => {
    await using stage = await fakeStage();
    const { outcome, release, state } = await stage.deploy('one');
    expect(outcome).toMatchObject({ exitCode: 0 });
    expect(releasesOf(stage)).toEqual(new Set([release]));
    expect(Object.keys(stage.links())).toHaveLength(6);
    expect(stage.hosts.map((host) => host.records.get(release)?.status)).toEqual(['good', 'good', 'good']);
    expect(stage.hosts.every((host) => host.lockOwner === undefined)).toBe(true);
    expect(state.phase).toBe('Succeeded');
  });

  it('never has more instances out than maxUnavailable allows', async () => {
    for (const [maxUnavailable, batch] of [
      [1, 3],
      [2, 2],
      ['50%', '100%'],
    ] as const) {
      await using stage = await fakeStage({ rollout: { maxUnavailable, batch } });
      await stage.deploy('one');
      let out = 0;
      let most = 0;
      stage.hosts.forEach((host) => {
        host.onChange = ({ type }) => {
          out += type === 'begins' ? 1 : -1;
          most = Math.max(most, out);
        };
      });
      await stage.deploy('two');
      expect(most).toBeLessThanOrEqual(maxUnavailable === '50%' ? 3 : maxUnavailable);
      expect(out).toBe(0);
    }
  });

  it('of a release that runs everywhere already has nothing to do', async () => {
    await using stage = await fakeStage();
    await stage.deploy('one');
    const { prepareDeploy } = await import('../../src/rollout/plan-deploy.ts');
    expect(await prepareDeploy(stage.stage, {})).toMatchObject({ alreadyLive: true });
    expect(await prepareDeploy(stage.stage, { restart: true })).toMatchObject({ alreadyLive: false });
  });

  it('leaves the same line in the audit trail of every host, however time passes between them', async () => {
    await using stage = await fakeStage();
    let now = stage.clock.now();
    stage.clock.now = () => (now += 1);
    await stage.deploy('one');
    await stage.deploy('two');
    const [first, ...others] = stage.hosts.map((host) => host.told);
    expect(first).toHaveLength(2);
    expect(others).toEqual([first, first]);
  });

  it('of the same files reuses the release that is there', async () => {
    await using stage = await fakeStage();
    const first = await stage.deploy('one');
    await stage.deploy('two');
    const again = await stage.deploy('one');
    expect(again.release).toBe(first.release);
    expect(again.events.filter((event) => event.type === 'host.ready').every((event) => event.reused)).toBe(true);
    expect(stage.host('h1').records.get(first.release)?.sequence).toBe(3);
  });

  it('goes back by itself when an instance does not become healthy: exit 4, everything on the old release, ledger failed', async () => {
    await using stage = await fakeStage();
    const good = await stage.deploy('one');
    stage.host('h2').behave = (instance, release) =>
      instance === 'bot.2' && release !== good.release ? 'unhealthy' : 'healthy';
    const bad = await stage.deploy('two');
    expect(bad.outcome).toMatchObject({ exitCode: 4 });
    expect(bad.outcome.message).toContain('bot.2@h2: not healthy within 2m');
    expect(releasesOf(stage)).toEqual(new Set([good.release]));
    expect(stage.host('h1').records.get(bad.release)?.status).toBe('failed');
    expect(bad.state.phase).toBe('RolledBack');
  });

  it('that is the first and fails leaves nothing running', async () => {
    await using stage = await fakeStage();
    stage.host('h3').behave = () => 'unhealthy';
    const { outcome } = await stage.deploy('one');
    expect(outcome.exitCode).toBe(4);
    expect(stage.links()).toEqual({});
  });

  it('with onFailure pause keeps what was updated, keeps the lock for a person, and ends with 5', async () => {
    await using stage = await fakeStage({ rollout: { onFailure: 'pause' } });
    const good = await stage.deploy('one');
    stage.host('h2').behave = (_instance, release) => (release === good.release ? 'healthy' : 'unhealthy');
    const paused = await stage.deploy('two');
    expect(paused.outcome).toMatchObject({ exitCode: 5 });
    expect(stage.links()).toMatchObject({ 'bot.1@h1': paused.release, 'bot.1@h2': good.release });
    expect(stage.host('h1').lockOwner).toMatchObject({ state: 'paused' });
    const refused = await stage.deploy('three');
    expect(refused.outcome).toMatchObject({ exitCode: 6 });
    const back = await stage.rollback();
    expect(back.outcome).toMatchObject({ exitCode: 0 });
    expect(releasesOf(stage)).toEqual(new Set([good.release]));
  });

  it('tolerates as many failures as maxFailures says, and says who stayed behind', async () => {
    await using stage = await fakeStage({ rollout: { maxFailures: 1 } });
    const good = await stage.deploy('one');
    stage.host('h2').behave = (instance, release) =>
      instance === 'bot.1' && release !== good.release ? 'unhealthy' : 'healthy';
    const { outcome, release } = await stage.deploy('two');
    expect(outcome.exitCode).toBe(0);
    expect(outcome.message).toContain('bot.1@h2');
    expect(stage.links()).toMatchObject({ 'bot.1@h2': good.release, 'bot.2@h3': release });
  });

  it.each([
    [2, 'goes back with the others first'],
    [1, 'leaves the others up when no more may be out'],
  ])('needs a person when an instance comes up on neither release: maxUnavailable %i %s', async (maxUnavailable) => {
    await using stage = await fakeStage({ rollout: { maxUnavailable } });
    const good = await stage.deploy('one');
    stage.host('h2').behave = (instance, release) =>
      instance === 'bot.1' && release !== good.release ? 'dead' : 'healthy';
    const { outcome, state, release } = await stage.deploy('two');
    expect(outcome.exitCode).toBe(5);
    expect(state.phase).toBe('RollbackPaused');
    expect(stage.links()['bot.1@h1']).toBe(maxUnavailable === 1 ? release : good.release);
  });

  it('changes nothing when a host cannot be staged', async () => {
    await using stage = await fakeStage();
    const good = await stage.deploy('one');
    const failing = stage.host('h3');
    failing.receive = () =>
      Promise.reject(new RemoteError({ code: 'SLIP_DISK', host: 'h3', message: 'the disk is full' }));
    const { outcome } = await stage.deploy('two');
    expect(outcome).toMatchObject({ exitCode: 3, message: 'the disk is full' });
    expect(releasesOf(stage)).toEqual(new Set([good.release]));
    expect(stage.hosts.every((host) => host.lockOwner === undefined)).toBe(true);
  });

  it('is refused with 3 when a host cannot be read, and names --only', async () => {
    await using stage = await fakeStage();
    await stage.deploy('one');
    stage.host('h2').unreachable = true;
    stage.host('h3').unreachable = true;
    await expect(stage.deploy('two')).rejects.toMatchObject({
      exitCode: 3,
      mend: expect.stringContaining('--only') as string,
    });
    const only = await stage.deploy('two', { only: ['h1'] });
    expect(only.outcome.exitCode).toBe(0);
  });

  it('follows a worker over a lost connection to its end', async () => {
    await using stage = await fakeStage();
    const good = await stage.deploy('one');
    const host = stage.host('h1');
    host.behave = (instance, release) => (instance === 'bot.1' && release !== good.release ? 'lost' : 'healthy');
    const { outcome, events } = await stage.deploy('two');
    expect(outcome.exitCode).toBe(0);
    expect(events.some((event) => event.type === 'host.lost')).toBe(true);
  });

  it('pauses for a person when a host stays away', async () => {
    await using stage = await fakeStage();
    const good = await stage.deploy('one');
    const host = stage.host('h1');
    host.behave = (_instance, release) => {
      if (release === good.release) return 'healthy';
      host.unreachable = true;
      return 'lost';
    };
    const { outcome, events } = await stage.deploy('two');
    expect(outcome.exitCode).toBe(5);
    expect(events.find((event) => event.type === 'rollout.paused')).toMatchObject({ reasons: ['hostUnreachable'] });
  });

  it('pauses for a person when a host cannot be reached at all when its turn comes', async () => {
    await using stage = await fakeStage();
    await stage.deploy('one');
    const { outcome, events } = await stage.deploy('two', {
      onEvent: (event) => {
        if (event.type === 'instance.state' && event.state === 'updated') stage.host('h2').unreachable = true;
      },
    });
    expect(outcome.exitCode).toBe(5);
    expect(events.find((event) => event.type === 'rollout.paused')).toMatchObject({ reasons: ['hostUnreachable'] });
  });

  it('starts instances that are new last, and retires those that are no longer wanted', async () => {
    await using stage = await fakeStage({ instances: 2 });
    await stage.deploy('one');
    stage.host('h1').links.delete('bot.1');
    stage.host('h2').links.set('bot.7', stage.host('h2').links.get('bot.1')!);
    const { events, outcome } = await stage.deploy('two');
    const plan = events.flatMap((event) => (event.type === 'rollout.planned' ? [event.plan] : []))[0]!;
    const updates = plan.steps.flatMap((step) => (step.type === 'update' ? step.instances : []));
    expect(updates.at(-1)).toBe('bot.1@h1');
    expect(plan.steps.at(-1)).toEqual({ type: 'retire', instances: ['bot.7@h2'] });
    expect(outcome.exitCode).toBe(0);
    expect(stage.host('h2').links.has('bot.7')).toBe(false);
  });

  it('plans again when the hosts have changed between the plan and the lock', async () => {
    await using stage = await fakeStage();
    await stage.deploy('one');
    const { prepareDeploy } = await import('../../src/rollout/plan-deploy.ts');
    const { startRollout } = await import('../../src/rollout/start.ts');
    const { writeFile } = await import('node:fs/promises');
    const source = stage.stage.settings.source;
    await writeFile(`${source.type === 'dir' ? source.dir : ''}/text`, 'two');
    const prepared = await prepareDeploy(stage.stage, {});
    stage.host('h1').links.set('bot.1', prepared.plan.release.id);
    stage.host('h1').last = 'of somebody else';
    const events: RolloutEvent[] = [];
    const rollout = startRollout(stage.stage, prepared, { whenPaused: 'end' });
    rollout.subscribe((event) => events.push(event));
    expect(await rollout.finished).toMatchObject({ exitCode: 0 });
    expect(events.filter((event) => event.type === 'rollout.planned')).toHaveLength(2);
  });
});

describe('a bake', () => {
  it('that sees an instance get worse goes back', async () => {
    await using stage = await fakeStage({ rollout: { bake: '1m' } });
    const good = await stage.deploy('one');
    const { outcome } = await stage.deploy('two', {
      onEvent: (event) => {
        if (event.type === 'bake.started') stage.host('h1').sick.add('bot.1');
        if (event.type === 'rollout.phase' && event.phase === 'RollingBack') stage.host('h1').sick.clear();
      },
    });
    expect(outcome.exitCode).toBe(4);
    expect(outcome.message).toContain('got worse while baking');
    expect(releasesOf(stage)).toEqual(new Set([good.release]));
  });

  it('takes an instance that got worse back alone while maxFailures tolerates it, and watches the others afresh', async () => {
    await using stage = await fakeStage({ hosts: 2, instances: 1, rollout: { bake: '1m', maxFailures: 1 } });
    const good = await stage.deploy('one');
    const { outcome, events, release } = await stage.deploy('two', {
      onEvent: (event) => {
        if (event.type === 'bake.started' && event.instances.length === 2) stage.host('h2').sick.add('bot.1');
      },
    });
    expect(outcome.exitCode, outcome.message).toBe(0);
    expect(outcome.message).toContain('1 instance stayed behind: bot.1@h2: got worse while baking');
    expect(stage.links()).toEqual({ 'bot.1@h1': release, 'bot.1@h2': good.release });
    expect(events.findLast((event) => event.type === 'bake.started')).toMatchObject({ instances: ['bot.1@h1'] });
  });

  it('takes a process that ended and was started again for worse, however quickly it came back', async () => {
    await using stage = await fakeStage({ rollout: { bake: '1m' } });
    const good = await stage.deploy('one');
    let looks = 0;
    const host = stage.host('h1');
    const look = host.probe.bind(host);
    const { outcome } = await stage.deploy('two', {
      onEvent: (event) => {
        if (event.type !== 'bake.started') return;
        host.probe = async (options) => {
          looks += 1;
          const state = await look(options);
          const again = (service: (typeof state.instances)[number]['service']) => ({ ...service, pid: 100 + looks });
          return { ...state, instances: state.instances.map((one) => ({ ...one, service: again(one.service) })) };
        };
      },
    });
    expect(outcome).toMatchObject({ exitCode: 4 });
    expect(outcome.message).toContain('started again');
    expect(releasesOf(stage)).toEqual(new Set([good.release]));
  });

  it('that never saw an instance is no pass', async () => {
    await using stage = await fakeStage({ rollout: { bake: '20s' } });
    await stage.deploy('one');
    const { outcome, events } = await stage.deploy('two', {
      onEvent: (event) => {
        if (event.type === 'bake.started') stage.host('h1').unreachable = true;
      },
    });
    expect(outcome.exitCode).toBe(5);
    expect(events.find((event) => event.type === 'rollout.paused')).toMatchObject({ reasons: ['hostUnreachable'] });
  });

  it('comes after every batch', async () => {
    await using stage = await fakeStage({ hosts: 1, instances: 2, rollout: { bake: '10s' } });
    const { events } = await stage.deploy('one');
    expect(events.filter((event) => event.type === 'bake.started')).toHaveLength(2);
  });
});
