import { describe, expect, it } from 'vitest';
import type { HostState, InstanceState } from '../../src/host/state.ts';
import { type Drift, driftWords } from '../../src/rollout/drift.ts';
import { mergeFleet } from '../../src/rollout/fleet.ts';
import { MANUAL } from '../../src/rollout/lock-words.ts';
import type { HostReading } from '../../src/rollout/session.ts';
import { lookAtHosts } from '../../src/rollout/stage.ts';
import { type FakeStage, fakeStage } from './support/fake-stage.ts';

const SHAPE = { hosts: 2, instances: 1 };

async function fleetOf({ stage }: FakeStage) {
  return mergeFleet(
    await lookAtHosts(stage),
    stage.settings.instances.map(({ id }) => id),
  );
}

/** A stage on its second release, with what is done to it, and what is seen then. */
async function driftAfter(change: (stage: FakeStage, ids: { one: string; two: string }) => unknown) {
  await using stage = await fakeStage(SHAPE);
  const one = (await stage.deploy('one')).release;
  const two = (await stage.deploy('two')).release;
  await change(stage, { one, two });
  const { drift, release } = await fleetOf(stage);
  return { drift, release, one, two };
}

const H2 = { instance: 'bot.1@h2', host: 'h2' };

describe('drift is', () => {
  it('nothing where every instance is on the release that the stage is on', async () => {
    const { drift, release, two } = await driftAfter(() => undefined);
    expect([drift, release]).toEqual([[], two]);
  });

  it('a link on a release before: its host was away, or left out', async () => {
    const { drift, one, two } = await driftAfter((stage, ids) => stage.host('h2').links.set('bot.1', ids.one));
    expect(drift).toEqual([{ type: 'behind', ...H2, current: one, wanted: two }]);
    expect(driftWords(drift[0]!)).toBe(`bot.1@h2 is on ${one}; the stage is on ${two}`);
  });

  it('a link on what was rolled back from', async () => {
    const { drift, release, one, two } = await driftAfter(async (stage, ids) => {
      await stage.rollback({ to: ids.one, only: ['h1'] });
    });
    expect(release).toBe(one);
    expect(drift).toEqual([{ type: 'behind', ...H2, current: two, wanted: one }]);
  });

  it('a process that runs another release than its link says', async () => {
    const { drift, one, two } = await driftAfter((stage, ids) => stage.host('h2').runs.set('bot.1', ids.one));
    expect(drift).toEqual([{ type: 'stale', ...H2, current: two, runs: one }]);
    expect(driftWords(drift[0]!)).toBe(`bot.1@h2 runs ${one}; its link points at ${two}`);
  });

  it('an instance that hosts.json wants and that was never deployed', async () => {
    const { drift, two } = await driftAfter((stage) => stage.host('h2').links.clear());
    expect(drift).toEqual([{ type: 'missing', ...H2, wanted: two }]);
    expect(driftWords(drift[0]!)).toContain('was never deployed');
  });

  it('a link on a release that no host knows', async () => {
    const { drift } = await driftAfter((stage) => stage.host('h2').links.set('bot.1', 'by-hand'));
    expect(drift).toEqual([{ type: 'unknown', ...H2, current: 'by-hand', status: undefined }]);
    expect(driftWords(drift[0]!)).toBe('bot.1@h2 is on by-hand, which no host knows');
  });

  it('a link on a release whose rollout never ended well', async () => {
    const { drift } = await driftAfter((stage) =>
      stage.deploy('three', {
        onEvent: ({ type }, send) => {
          if (type === 'rollout.step' && [...stage.hosts[0]!.links.values()].length > 0) stepped(stage, send);
        },
      }),
    );
    expect(drift).toMatchObject([{ type: 'unknown', instance: 'bot.1@h1', status: 'failed' }]);
    expect(driftWords(drift[0]!)).toContain('which has failed');
  });

  it('an instance that hosts.json does not want any more', async () => {
    const { drift, one } = await driftAfter((stage, ids) => stage.host('h2').links.set('worker.1', ids.one));
    expect(drift).toEqual([{ type: 'leftover', instance: 'worker.1@h2', host: 'h2', current: one }]);
    expect(driftWords(drift[0]!)).toContain('hosts.json does not want it');
  });
});

/** Aborts once the first instance has been switched. */
function stepped(stage: FakeStage, send: (intent: 'abort') => unknown): void {
  const [first, second] = stage.hosts.map(({ links }) => links.get('bot.1'));
  if (first !== second) send('abort');
}

describe('drift is not', () => {
  const cases: readonly (readonly [string, Partial<InstanceState>])[] = [
    ['an instance that is down: that is its health', { service: stopped(), runs: { type: 'nothing' } }],
    ['a process of which nothing can be proven', { runs: { type: 'unproven' } }],
    ['an instance that is being changed', { busy: 'r-1', current: 'other' }],
  ];
  it.each(cases)('%s', async (_, change) => {
    await using stage = await fakeStage(SHAPE);
    await stage.deploy('one');
    const looks = await lookAtHosts(stage.stage);
    const changed = looks.map((look) => withInstances(look, change));
    expect(mergeFleet(changed, ['bot.1@h1', 'bot.1@h2']).drift).toEqual([]);
  });

  it('what differs while a rollout has the stage, paused or not', async () => {
    await using stage = await fakeStage({ ...SHAPE, rollout: { bake: '10m' } });
    await stage.deploy('one');
    const two = await stage.deploy('two', {
      onEvent: (event, send) => {
        if (event.type === 'bake.started') send('pause');
      },
    });
    expect(two.outcome.exitCode).toBe(5);
    expect(new Set(Object.values(stage.links())).size).toBe(2);
    expect((await fleetOf(stage)).drift).toEqual([]);
    const owner = stage.host('h1').lockOwner!;
    stage.hosts.forEach((host) => (host.lockOwner = { ...owner, rollout: `${MANUAL}1` }));
    expect((await fleetOf(stage)).drift).toHaveLength(1);
  });

  it('anything of a host that cannot be read, or of a stage without a good release', async () => {
    await using stage = await fakeStage(SHAPE);
    expect((await fleetOf(stage)).drift).toEqual([]);
    await stage.deploy('one');
    stage.host('h2').unreachable = true;
    stage.host('h2').links.clear();
    expect((await fleetOf(stage)).drift).toEqual([]);
  });
});

function stopped(): InstanceState['service'] {
  return { status: 'stopped', pid: undefined, startedAt: undefined, restarts: 0, detail: '' };
}

function withInstances(look: HostReading, change: Partial<InstanceState>): HostReading {
  if (look.type !== 'read') return look;
  const state: HostState = { ...look.state, instances: look.state.instances.map((one) => ({ ...one, ...change })) };
  return { ...look, state };
}

it('every kind of drift has its own sentence', () => {
  const drifts: readonly Drift[] = [
    { type: 'missing', ...H2, wanted: 'b' },
    { type: 'behind', ...H2, current: 'a', wanted: 'b' },
    { type: 'unknown', ...H2, current: 'a', status: 'ready' },
    { type: 'stale', ...H2, current: 'a', runs: 'b' },
    { type: 'leftover', ...H2, current: 'a' },
  ];
  expect(new Set(drifts.map(driftWords)).size).toBe(drifts.length);
});
