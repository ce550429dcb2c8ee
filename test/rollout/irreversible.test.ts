import { describe, expect, it } from 'vitest';
import { parseLedger } from '../../src/host/records.ts';
import { mergeReleases, statesOf } from '../../src/rollout/fleet.ts';
import { irreversibleBetween } from '../../src/rollout/irreversible.ts';
import { prepareDeploy } from '../../src/rollout/plan-deploy.ts';
import { prepareRollback } from '../../src/rollout/plan-rollback.ts';
import type { FleetRelease } from '../../src/rollout/session.ts';
import { lookAtHosts } from '../../src/rollout/stage.ts';
import { findUnfinished } from '../../src/rollout/unfinished.ts';
import { fakeStage, type FakeStage, releasesOf } from './support/fake-stage.ts';
import { slotted, taken } from './support/slotted.ts';

const WHY = 'drops a column';

function releases(...made: readonly Partial<FleetRelease>[]): readonly FleetRelease[] {
  const plain = { revision: undefined, recipe: undefined, subject: '', digest: '', by: 'ana', at: 0, bad: undefined };
  const facts = {
    ...plain,
    kept: false,
    present: true,
    on: [],
    live: [],
    notATarget: undefined,
    irreversible: undefined,
  };
  return made
    .map((one, index) => ({ id: String(index + 1), sequence: index + 1, status: 'good' as const, ...facts, ...one }))
    .toReversed();
}

const over = (all: readonly FleetRelease[], from: string, to: string) => {
  const named = (id: string) => all.find((one) => one.id === id)!;
  return irreversibleBetween(all, named(from), named(to)).map(({ id }) => id);
};

describe('a way back passes over what cannot be undone', () => {
  const marked = { irreversible: WHY };
  it.each<readonly [string, readonly FleetRelease[], readonly string[]]>([
    ['when that is what is live', releases({}, {}, marked), ['3']],
    ['when it lies between', releases({}, marked, {}), ['2']],
    ['not when it is the target itself: that is where it goes', releases(marked, {}, {}), []],
    ['when its rollout has failed: its hooks have run', releases({}, { ...marked, status: 'failed' }, {}), ['2']],
    ['when it was left for another', releases({}, { ...marked, status: 'left' }, {}), ['2']],
    ['not when it was only sent', releases({}, { ...marked, status: 'ready' }, {}), []],
    [
      'when an instance runs it though it never was good',
      releases({}, {}, { ...marked, status: 'ready', live: ['a'] }),
      ['3'],
    ],
    ['every one of them', releases({}, marked, marked), ['3', '2']],
  ])('%s', (_, all, expected) => expect(over(all, '3', '1')).toEqual(expected));

  it('and a way forward does not', () => expect(over(releases({}, {}, marked), '1', '3')).toEqual([]));
});

async function fleetReleases({ stage }: FakeStage) {
  return mergeReleases(statesOf(await lookAtHosts(stage)));
}

describe('a release that cannot be undone', () => {
  it('is marked on every host, and anywhere is everywhere', async () => {
    await using stage = await fakeStage();
    const { release } = await stage.deploy('one', { irreversible: WHY });
    expect(stage.hosts.map(({ records }) => records.get(release)?.irreversible)).toEqual([WHY, WHY, WHY]);
    const { records } = stage.host('h1');
    records.set(release, { ...records.get(release)!, irreversible: undefined });
    expect((await fleetReleases(stage))[0]).toMatchObject({ id: release, irreversible: WHY });
  });

  it('stays so when it is deployed again without a word on it', async () => {
    await using stage = await fakeStage();
    const one = await stage.deploy('one', { irreversible: WHY });
    await stage.deploy('two');
    await stage.deploy('one');
    expect(stage.host('h1').records.get(one.release)).toMatchObject({ sequence: 3, irreversible: WHY });
  });

  it('can be marked while it is live: nothing else happens', async () => {
    await using stage = await fakeStage();
    await stage.deploy('one');
    const { outcome, events, release } = await stage.deploy('one', { irreversible: WHY });
    expect(outcome.exitCode, outcome.message).toBe(0);
    expect(events.some(({ type }) => type === 'instance.state')).toBe(false);
    expect(stage.host('h2').records.get(release)?.irreversible).toBe(WHY);
    expect((await prepareDeploy(stage.stage, {})).alreadyLive).toBe(true);
  });

  it('is not rolled back from unless that is forced, and then with a warning', async () => {
    await using stage = await fakeStage();
    const one = await stage.deploy('one');
    const two = await stage.deploy('two', { irreversible: WHY });
    await expect(stage.rollback()).rejects.toMatchObject({
      code: 'SLIP_IRREVERSIBLE',
      exitCode: 2,
      message: expect.stringContaining(`${two.release} (${WHY})`) as string,
      mend: expect.stringContaining(`--to ${one.release} --force-irreversible`) as string,
    });
    const { plan } = await prepareRollback(stage.stage, { overIrreversible: 'forced' });
    expect(plan.warnings).toContainEqual(expect.stringContaining(WHY));
    expect((await stage.rollback({ overIrreversible: 'forced' })).outcome.exitCode).toBe(0);
    expect(releasesOf(stage)).toEqual(new Set([one.release]));
  });

  it('is not gone back from without force in a slot that takes no traffic yet either: its hooks have run', async () => {
    await using stage = await slotted({ hooks: { release: ['migrate'] } });
    const one = await stage.deploy('one');
    const two = await stage.deploy('two', {
      irreversible: WHY,
      onEvent: (event, send) => event.type === 'instance.state' && event.state === 'updated' && send('pause'),
    });
    expect([two.outcome.exitCode, taken(stage)]).toEqual([5, ['blue']]);
    const { rollout: takes } = await findUnfinished(stage.stage);
    await expect(prepareRollback(stage.stage, { takes })).rejects.toMatchObject({ code: 'SLIP_IRREVERSIBLE' });
    const { plan } = await prepareRollback(stage.stage, { takes, overIrreversible: 'forced' });
    expect(plan.release.id).toBe(one.release);
  });

  it('is a place to go back to like any other', async () => {
    await using stage = await fakeStage();
    await stage.deploy('one');
    const two = await stage.deploy('two', { irreversible: WHY });
    await stage.deploy('three');
    const { plan } = await prepareRollback(stage.stage, {});
    expect([plan.release.id, plan.policy.onFailure]).toEqual([two.release, 'rollback']);
    expect(plan.warnings.join()).not.toContain(WHY);
  });

  it('pauses its rollout where another would go back: only the instance that failed does', async () => {
    await using stage = await fakeStage({ hosts: 3, instances: 1 });
    const one = await stage.deploy('one');
    stage.host('h2').behave = (_, release) => (release === one.release ? 'healthy' : 'unhealthy');
    const two = await stage.deploy('two', { irreversible: WHY });
    expect(two.outcome.exitCode).toBe(5);
    expect(two.state.plan).toMatchObject({ policy: { onFailure: 'pause' }, release: { irreversible: WHY } });
    expect(two.state.plan?.warnings).toContainEqual(expect.stringContaining('the rollout pauses'));
    expect(stage.links()).toEqual({
      'bot.1@h1': two.release,
      'bot.1@h2': one.release,
      'bot.1@h3': one.release,
    });
    await expect(stage.rollback()).rejects.toMatchObject({ code: 'SLIP_IRREVERSIBLE' });
  });

  it('is not gone back from by a word either, once something may have changed; aborting is free', async () => {
    await using stage = await fakeStage({ hosts: 2, instances: 1, rollout: { bake: '1m' } });
    await stage.deploy('one');
    const answers: (string | undefined)[] = [];
    const two = await stage.deploy('two', {
      irreversible: WHY,
      onEvent: ({ type }, send) => {
        if (type === 'bake.started') answers.push(send('rollback'), send('abort'));
      },
    });
    expect(answers).toEqual([expect.stringContaining('--force-irreversible'), undefined]);
    expect(two.state.phase).toBe('Aborted');
    expect(releasesOf(stage).size).toBe(2);
  });

  it('is stopped by the same word while nothing has changed', async () => {
    await using stage = await fakeStage();
    const { outcome } = await stage.deploy('one', {
      irreversible: WHY,
      onEvent: ({ type }, send) => type === 'host.ready' && send('rollback'),
    });
    expect(outcome.exitCode).toBe(130);
  });
});

it('a ledger from before says nothing of it, and one that says something odd is not read', () => {
  const line = { status: 'good', sequence: 1, digest: '0'.repeat(64) };
  const read = (more: object) => parseLedger('r', JSON.stringify({ ...line, ...more }), { present: true });
  expect(read({})).toMatchObject({ irreversible: undefined });
  expect(read({ irreversible: `\u001b[2J${WHY}` })?.irreversible).not.toContain('\u001b');
  expect(read({ irreversible: 7 })).toBeUndefined();
});
