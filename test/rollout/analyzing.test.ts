import { describe, expect, test } from 'vitest';
import type { RolloutEvent } from '../../src/rollout/events.ts';
import { HEALTHY, type Nature } from '../analysis/support/samples.ts';
import { canaryPlan, play, type Playing, TEN_MINUTES } from './support/canary.ts';
import {
  type FakeStage,
  fakeStage,
  type FakeStageOptions,
  type Finished,
  releasesOf,
  type RunOptions,
} from './support/fake-stage.ts';

const watchedStage = (options: FakeStageOptions = {}) => fakeStage({ clock: 'exact', ...options });

interface Trying extends Omit<Playing, 'old' | 'seed' | 'nature'> {
  readonly nature?: Nature;
  readonly run?: RunOptions;
}

/** A first release runs everywhere, and then a canary of another one is tried. */
async function tryCanary(stage: FakeStage, { nature = HEALTHY, run = {}, ...trying }: Trying): Promise<Finished> {
  const { release } = await stage.deploy('one');
  play(stage, { nature, seed: 1, old: [release], ...trying });
  return stage.deploy('two', { change: canaryPlan(), ...run });
}

const looks = ({ events }: Finished) => events.filter((event) => event.type === 'analysis.verdict');
const minutes = ({ events }: Finished, type: RolloutEvent['type']) => {
  const began = events.find((event) => event.type === 'analysis.started')!.t;
  return (events.findLast((event) => event.type === type)!.t - began) / 60_000;
};

describe('a canary', () => {
  const service = { status: 'failed', start: 's1', detail: 'exit status 1', outOfMemory: false } as const;

  test('that fails goes back at the next sample, and not at the next look', async () => {
    await using stage = await watchedStage();
    const ended = await tryCanary(stage, {
      change: ({ instance }, index) => (instance === 'bot.1@h1' && index === 3 ? { service } : {}),
    });
    expect(ended.state.phase).toBe('RolledBack');
    expect(minutes(ended, 'analysis.verdict')).toBe(0.5);
    expect(looks(ended)[0]).toMatchObject({ role: 'bot', canaries: ['bot.1@h1'] });
  });

  test('that fails is brought back, and the others wait, when the policy is to pause', async () => {
    await using stage = await watchedStage({ rollout: { onFailure: 'pause' } });
    const ended = await tryCanary(stage, { change: ({ instance }) => (instance === 'bot.1@h1' ? { service } : {}) });
    expect(ended.outcome.exitCode).toBe(5);
    expect(ended.state.pauseReasons).toEqual(['failure']);
    expect(releasesOf(stage)).not.toContain(ended.release);
  });

  test('that was brought back is updated again when a person lets it go on', async () => {
    await using stage = await watchedStage({ rollout: { onFailure: 'pause' } });
    let paused = 0;
    const ended = await tryCanary(stage, {
      change: ({ instance }) => (instance === 'bot.1@h1' && paused === 0 ? { service } : {}),
      run: {
        whenPaused: 'wait',
        change: canaryPlan(),
        onEvent: (event, send) => {
          if (event.type !== 'rollout.paused') return;
          paused += 1;
          setImmediate(() => send(paused === 1 ? 'resume' : 'abort'));
        },
      },
    });
    expect(paused).toBe(1);
    expect(ended.outcome.exitCode).toBe(0);
    expect(releasesOf(stage)).toEqual(new Set([ended.release]));
  });

  test('without anything to compare it with is never good by itself', async () => {
    await using stage = await watchedStage({ hosts: 1, instances: 1 });
    const ended = await tryCanary(stage, {});
    expect(ended.state.pauseReasons).toEqual(['inconclusive']);
    expect(ended.outcome.message).toContain('no baseline: weak evidence');
  });

  test('whose host is lost for five samples could not be measured', async () => {
    await using stage = await watchedStage();
    const ended = await tryCanary(stage, { lost: (host, index) => host === 'h1' && index > 6 });
    expect(ended.state.pauseReasons).toEqual(['inconclusive']);
    expect(looks(ended).at(-1)!.look).toMatchObject({
      verdict: 'Error',
      reason: 'it could not be measured 5 times in a row',
    });
    expect(ended.events.filter((event) => event.type === 'host.lost')).toHaveLength(1);
  });

  test('whose host is back soon goes on, and so does one that others are lost beside', async () => {
    await using stage = await watchedStage();
    const ended = await tryCanary(stage, {
      lost: (host, index) => (host === 'h1' && index === 6) || (host === 'h2' && index > 20),
    });
    expect(ended.outcome.exitCode).toBe(0);
    expect(ended.state.looks['bot']!.baselines).toEqual(['bot.2@h1', 'bot.1@h3', 'bot.2@h3']);
  });

  test.each([
    ['abort', 'Aborted'],
    ['rollback', 'RolledBack'],
    ['leave', 'Progressing'],
    ['pause', 'Paused'],
  ] as const)('is no longer watched when somebody asks to %s', async (intent, phase) => {
    await using stage = await watchedStage();
    const ended = await tryCanary(stage, {
      run: {
        change: canaryPlan(),
        onEvent: (event, send) => {
          if (event.type === 'analysis.sample' && event.seq > 30) send(intent);
        },
      },
    });
    expect(ended.state.phase).toBe(phase);
    expect(looks(ended).filter(({ look }) => look.verdict !== 'Running')).toEqual([]);
    expect(minutes(ended, 'bake.finished')).toBeLessThan(2);
  });

  test('that is good may end early, and one that is not may not', async () => {
    await using stage = await watchedStage();
    const early = canaryPlan(TEN_MINUTES, 4 * 60_000);
    const good = await tryCanary(stage, { run: { change: early } });
    expect(good.outcome.exitCode).toBe(0);
    expect(minutes(good, 'bake.finished')).toBe(4);
    await using other = await watchedStage();
    const leak = await tryCanary(other, { nature: { ...HEALTHY, leak: 1e6 }, run: { change: early } });
    expect(leak.state.pauseReasons).toEqual(['inconclusive']);
    expect(minutes(leak, 'bake.finished')).toBe(10);
  });
});

test('once all run the release there is nothing to compare with, and only what fails counts', async () => {
  await using stage = await watchedStage();
  const after = canaryPlan();
  const all = stage.stage.settings.instances.map(({ id }) => id);
  const ended = await tryCanary(stage, {
    run: {
      change: (plan) => ({
        ...after(plan),
        steps: [...after(plan).steps, { type: 'analyze', canaries: all, ms: 120_000 }],
      }),
    },
  });
  expect(ended.outcome.exitCode).toBe(0);
  expect(looks(ended).at(-1)!.look).toMatchObject({ verdict: 'Successful', reason: 'nothing has failed since' });
});

describe('a bake until it is stable', () => {
  const baking = { bake: { min: '2m', untilStable: true, max: '10m' }, batch: 2 };
  const rolling: RunOptions = { change: (plan) => plan };
  const baked = ({ events }: Finished) => {
    const began = events.filter((event) => event.type === 'bake.started').map(({ t }) => t);
    const ended = events.filter((event) => event.type === 'bake.finished').map(({ t }) => t);
    return began.map((t, index) => Math.round((ended[index]! - t) / 60_000));
  };

  test('ends as soon as errors are as rare as those of the others, at its end at the latest', async () => {
    await using stage = await watchedStage({ rollout: baking });
    const ended = await tryCanary(stage, { run: rolling, nature: { ...HEALTHY, incidents: 0 } });
    expect(ended.outcome.exitCode).toBe(0);
    expect(baked(ended)).toEqual([2, 2, 2, 2, 2, 2]);
    await using other = await watchedStage({ rollout: baking });
    const loud = await tryCanary(other, { run: rolling, nature: { ...HEALTHY, incidents: 60 } });
    expect(baked(loud)[0]).toBe(10);
  });
});
