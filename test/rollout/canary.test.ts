import { describe, expect, test } from 'vitest';
import type { Sample } from '../../src/analysis/sample.ts';
import type { RolloutEvent } from '../../src/rollout/events.ts';
import { HEALTHY, type Nature } from '../analysis/support/samples.ts';
import { play } from './support/canary.ts';
import {
  changesOf,
  type FakeStage,
  fakeStage,
  type Finished,
  releasesOf,
  type RunOptions,
} from './support/fake-stage.ts';
import { expectFolded } from './support/fold.ts';

/** Ten instances on five hosts, of which one is the canary. How many of a hundred seeds are seen: test/analysis/simulation.test.ts. */
const SEEDS = [1, 2, 4];
const CANARY = 'bot.1@h1';

const tenOf = (rollout: Readonly<Record<string, unknown>> = {}) =>
  fakeStage({ clock: 'exact', hosts: 5, instances: 2, rollout: { strategy: 'canary', approve: 'auto', ...rollout } });

interface Release extends RunOptions {
  readonly nature?: Nature;
  readonly seed?: number;
  readonly tells?: (sample: Sample) => Partial<Sample>;
}

interface Tried extends Finished {
  readonly old: string;
  /** Instances that were changed for the new release, each time. */
  readonly changed: readonly string[];
}

/** A first release runs everywhere; then one comes that is as its nature says. */
async function release(stage: FakeStage, { nature = HEALTHY, seed = 1, tells, ...run }: Release = {}): Promise<Tried> {
  const first = await stage.deploy('one');
  expect(first.outcome.exitCode, first.outcome.message).toBe(0);
  play(stage, { nature, seed, old: [first.release], ...(tells ? { change: tells } : {}) });
  const changed = changesOf(stage);
  return { ...(await stage.deploy('two', run)), old: first.release, changed };
}

const verdicts = ({ events }: Finished) =>
  events.flatMap((event) => (event.type === 'analysis.verdict' ? [event.look.verdict] : []));
const ofType = ({ events }: Finished, type: RolloutEvent['type']) => events.filter((event) => event.type === type);

const IDLE: Nature = { ...HEALTHY, requests: 0, incidents: 0 };
/** Whoever gets no requests has nothing to write. */
const silent = ({ counters }: Sample): Partial<Sample> =>
  counters?.requests === 0 ? { lines: { all: 0, errors: 0 } } : {};

describe.each(SEEDS)('on traces of seed %i a canary of ten', (seed) => {
  test.each([
    [
      'with five times the errors',
      { ...HEALTHY, incidents: 5 * HEALTHY.incidents },
      'errorLines: errors in more spans',
    ],
    ['whose requests take twice as long', { ...HEALTHY, latency: 2 * HEALTHY.latency }, 'latency: it takes longer'],
  ])('%s goes back by itself, and no other was touched', async (_, nature, why) => {
    await using stage = await tenOf();
    const ended = await release(stage, { nature, seed });
    expect(ended.outcome.exitCode).toBe(4);
    expect(ended.outcome.message).toContain(`${CANARY}: worse than the others: ${why}`);
    expect(ended.state.phase).toBe('RolledBack');
    expect(ended.changed).toEqual([CANARY, CANARY]);
    expect(releasesOf(stage)).toEqual(new Set([ended.old]));
    expect(stage.hosts.map(({ lockOwner }) => lockOwner)).toEqual(stage.hosts.map(() => undefined));
    await expectFolded(stage, ended.state);
  });

  test('that is like the others lets the nine follow', async () => {
    await using stage = await tenOf();
    const ended = await release(stage, { seed });
    expect(ended.outcome.exitCode, ended.outcome.message).toBe(0);
    expect(verdicts(ended)).toEqual([...Array<string>(8).fill('Running'), 'Successful']);
    expect(ended.state.looks['bot']!.baselines).toHaveLength(9);
    expect(ended.changed[0]).toBe(CANARY);
    expect([...ended.changed].sort()).toEqual(Object.keys(stage.links()).sort());
    expect(releasesOf(stage)).toEqual(new Set([ended.release]));
    await expectFolded(stage, ended.state);
  });

  test('that gets no traffic waits for a person, whose word lets the nine follow', async () => {
    await using stage = await tenOf();
    const waiting = await release(stage, { nature: IDLE, tells: silent, seed });
    expect(waiting.outcome.exitCode).toBe(5);
    expect(waiting.state).toMatchObject({ phase: 'Paused', pauseReasons: ['inconclusive'] });
    expect(waiting.outcome.message).toContain('not enough data');
    expect(waiting.changed).toEqual([CANARY]);
    await expectFolded(stage, waiting.state);
    const rest = await stage.goOn({ decision: { type: 'approve', scope: 'step', why: 'it has no users yet' } });
    expect(rest.outcome.exitCode, rest.outcome.message).toBe(0);
    expect(ofType(rest, 'rollout.resumed')).toMatchObject([{ accepted: 'inconclusive', why: 'it has no users yet' }]);
    expect(verdicts(rest)).toEqual([]);
    expect(releasesOf(stage)).toEqual(new Set([waiting.release]));
    await expectFolded(stage, rest.state);
  });
});

describe('a canary that a person has to let go on', () => {
  test('waits at its gate once it is good, and is neither changed nor compared again behind it', async () => {
    await using stage = await tenOf({ approve: 'manual' });
    const waiting = await release(stage);
    expect(waiting.outcome.exitCode).toBe(5);
    expect(waiting.outcome.next).toBe('slipway approve live');
    expect(verdicts(waiting).at(-1)).toBe('Successful');
    expect(waiting.state).toMatchObject({ pauseReasons: ['gate'], gates: [{ gate: 'promote' }] });
    expect(waiting.changed).toEqual([CANARY]);
    await expectFolded(stage, waiting.state);
    const changed = changesOf(stage);
    const rest = await stage.goOn({ decision: { type: 'approve', scope: 'step', why: 'looks good' } });
    expect(rest.outcome.exitCode, rest.outcome.message).toBe(0);
    expect(ofType(rest, 'gate.passed')).toMatchObject([{ gate: 'promote', why: 'looks good' }]);
    expect(ofType(rest, 'analysis.started')).toEqual([]);
    expect([...changed, CANARY].sort()).toEqual(Object.keys(stage.links()).sort());
    expect(releasesOf(stage)).toEqual(new Set([waiting.release]));
    await expectFolded(stage, rest.state);
  });

  test('is let go on by one word where nothing was known of it, at the terminal as later', async () => {
    await using stage = await tenOf({ approve: 'manual' });
    let asked = 0;
    const ended = await release(stage, {
      ...{ nature: IDLE, tells: silent, whenPaused: 'wait' },
      onEvent: (event, send) => {
        if (event.type !== 'rollout.paused') return;
        asked += 1;
        setImmediate(() => send(asked === 1 ? { type: 'approve', scope: 'step', why: 'seen by hand' } : 'leave'));
      },
    });
    expect(asked).toBe(1);
    expect(ended.outcome.exitCode, ended.outcome.message).toBe(0);
    expect(ofType(ended, 'rollout.resumed')).toMatchObject([{ accepted: 'inconclusive', why: 'seen by hand' }]);
    expect(ofType(ended, 'gate.passed')).toMatchObject([{ why: 'seen by hand' }]);
  });

  test('goes back when it is worse, and nobody is asked', async () => {
    await using stage = await tenOf({ approve: 'manual' });
    const ended = await release(stage, { nature: { ...HEALTHY, latency: 2 * HEALTHY.latency } });
    expect(ended.outcome.exitCode).toBe(4);
    expect(ofType(ended, 'gate.opened')).toEqual([]);
    expect(ended.changed).toEqual([CANARY, CANARY]);
  });
});
