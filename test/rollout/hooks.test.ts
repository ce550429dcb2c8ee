import { describe, expect, it } from 'vitest';
import { fakeStage, releasesOf } from './support/fake-stage.ts';

const hooksOf = (said: readonly string[]) => said.filter((line) => line.startsWith('hook '));

describe('a release hook', () => {
  it('runs once, on the first host, when the release is everywhere and nothing is switched yet', async () => {
    await using stage = await fakeStage({ hooks: { release: ['migrate', 'seed'] } });
    const { events, outcome } = await stage.deploy('one');
    expect(outcome.exitCode).toBe(0);
    expect(stage.hosts.map(({ said }) => hooksOf(said))).toEqual([['hook migrate', 'hook seed'], [], []]);
    const at = (type: string) => events.findIndex((event) => event.type === type);
    const lastReady = events.findLastIndex(({ type }) => type === 'host.ready');
    expect(lastReady).toBeLessThan(at('hook.started'));
    expect(at('hook.finished')).toBeLessThan(at('instance.state'));
  });

  it('that fails stops the rollout with 3, and nothing was switched', async () => {
    await using stage = await fakeStage({ hooks: { release: ['fails', 'never'] } });
    const { outcome, events } = await stage.deploy('one');
    expect(outcome).toMatchObject({ exitCode: 3, error: { code: 'SLIP_HOOK' } });
    expect(stage.links()).toEqual({});
    expect(events.some(({ type }) => type === 'instance.state')).toBe(false);
    expect(stage.hosts.every(({ lockOwner }) => lockOwner === undefined)).toBe(true);
  });

  it('is no part of a way back, nor of a release that runs somewhere already', async () => {
    await using stage = await fakeStage({ hooks: { release: ['migrate'], afterRollout: ['tell'] } });
    await stage.deploy('one');
    await stage.deploy('two');
    const before = stage.hosts.flatMap(({ said }) => hooksOf(said)).length;
    await stage.rollback();
    await stage.deploy('two', { only: ['h1'] });
    const later = stage.hosts.flatMap(({ said }) => hooksOf(said)).slice(before);
    expect(later).toEqual(['hook migrate', 'hook tell']);
    await stage.deploy('two', { only: ['h2', 'h3'], restart: true });
    const last = stage.hosts.flatMap(({ said }) => hooksOf(said));
    expect(last.filter((line) => line === 'hook migrate')).toHaveLength(4);
  });
});

it('a hook after the rollout that fails is a warning', async () => {
  await using stage = await fakeStage({ hooks: { afterRollout: ['fails'] } });
  const { outcome, events, release } = await stage.deploy('one');
  expect(outcome.exitCode).toBe(0);
  expect(releasesOf(stage)).toEqual(new Set([release]));
  expect(events.find(({ type }) => type === 'warning')).toMatchObject({ host: 'h1' });
});
