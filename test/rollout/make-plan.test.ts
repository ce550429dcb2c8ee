import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shareOf } from '../../src/rollout/capacity.ts';
import { makePlan } from '../../src/rollout/make-plan.ts';
import type { Plan } from '../../src/rollout/plan.ts';
import { hostState, inputOf, OLD, record, updatesOf, world } from './support/worlds.ts';

describe('a plan', () => {
  it('changes every instance that has to change exactly once, and no other', () => {
    fc.assert(
      fc.property(world, (given) => {
        const plan = makePlan(inputOf(given));
        const wanted = given.hosts.flatMap((conditions, h) =>
          conditions.flatMap((condition, i) => (condition === 'new' ? [] : [`bot.${i + 1}@h${h + 1}`])),
        );
        expect(updatesOf(plan).flat().sort()).toEqual(wanted.sort());
      }),
    );
  });

  it('never changes more at once than batch and maxUnavailable allow', () => {
    fc.assert(
      fc.property(world, (given) => {
        const input = inputOf(given);
        const total = given.hosts.flat().length;
        const { batch, maxUnavailable } = input.settings.rollout;
        const most = Math.min(shareOf(batch, total), shareOf(maxUnavailable, total));
        for (const update of updatesOf(makePlan(input))) expect(update.length).toBeLessThanOrEqual(most);
      }),
    );
  });

  it('has the same bytes for the same input', () => {
    fc.assert(
      fc.property(world, (given) => {
        expect(JSON.stringify(makePlan(inputOf(given)))).toBe(JSON.stringify(makePlan(inputOf(given))));
      }),
    );
  });

  it('changes unhealthy instances first, and those that never ran last', () => {
    const plan = makePlan(
      inputOf({
        hosts: [
          ['healthy', 'absent'],
          ['healthy', 'sick'],
        ],
      }),
    );
    expect(updatesOf(plan).flat()).toEqual(['bot.2@h2', 'bot.1@h1', 'bot.1@h2', 'bot.2@h1']);
  });

  it('spreads healthy instances over the hosts', () => {
    const plan = makePlan(
      inputOf({
        hosts: [
          ['healthy', 'healthy'],
          ['healthy', 'healthy'],
        ],
      }),
    );
    expect(updatesOf(plan).flat()).toEqual(['bot.1@h1', 'bot.1@h2', 'bot.2@h1', 'bot.2@h2']);
  });

  it('changes one instance alone before it changes several at once', () => {
    const hosts = Array.from({ length: 4 }, () => ['healthy', 'healthy'] as const);
    const plan = makePlan(inputOf({ hosts, rollout: { batch: 3, maxUnavailable: 3 } }));
    expect(updatesOf(plan).map((update) => update.length)).toEqual([1, 3, 3, 1]);
  });

  it('changes all at once only when batch and maxUnavailable are 100%', () => {
    const hosts = [['healthy', 'healthy'], ['healthy']] as const;
    const plan = makePlan(inputOf({ hosts, rollout: { batch: '100%', maxUnavailable: '100%' } }));
    expect(updatesOf(plan).map((update) => update.length)).toEqual([3]);
  });

  it('bakes after every batch of a deploy and never in a rollback', () => {
    const given = { hosts: [['healthy', 'healthy']] as const, rollout: { bake: '1m' } };
    const bakes = (plan: Plan) => plan.steps.filter((step) => step.type === 'bake').length;
    expect(bakes(makePlan(inputOf(given)))).toBe(2);
    expect(bakes(makePlan(inputOf({ ...given, kind: 'rollback' })))).toBe(0);
  });

  it('goes back as many at once as may be out', () => {
    const hosts = [['healthy', 'healthy', 'healthy', 'healthy']] as const;
    const plan = makePlan(inputOf({ hosts, rollout: { maxUnavailable: 2 }, kind: 'rollback' }));
    expect(updatesOf(plan).map((update) => update.length)).toEqual([1, 2, 1]);
  });

  it('refuses to take a healthy instance out while untouched ones use up maxUnavailable', () => {
    const input = inputOf({ hosts: [['healthy']] });
    const bystanders = hostState('left-out', ['sick']).instances;
    expect(() => makePlan({ ...input, bystanders })).toThrow(/1 instance of bot is out already/);
    expect(() => makePlan({ ...input, bystanders: hostState('left-out', ['healthy']).instances })).not.toThrow();
  });

  it('may always change an instance that is out itself', () => {
    const input = inputOf({ hosts: [['sick']] });
    expect(() => makePlan({ ...input, bystanders: hostState('left-out', ['sick']).instances })).not.toThrow();
  });

  it('restarts an instance that runs the release and is unhealthy', () => {
    const input = inputOf({ hosts: [['new']] });
    const sick = { healthy: false, outcome: '503', latencyMs: 1 };
    const states = input.states.map((state) => ({
      ...state,
      instances: state.instances.map((one) => ({ ...one, health: sick })),
    }));
    expect(makePlan({ ...input, states }).instances).toMatchObject([{ change: 'restart' }]);
  });

  it('goes back to the last good release where an interrupted rollout left another', () => {
    const input = inputOf({ hosts: [['healthy']] });
    const releases = [record('good', 1, 'good'), record(OLD, 2, 'ready')];
    const states = input.states.map((state) => ({ ...state, releases }));
    expect(makePlan({ ...input, states }).instances).toMatchObject([{ from: OLD, back: 'good' }]);
    expect(makePlan(input).instances).toMatchObject([{ from: OLD, back: OLD }]);
  });

  it('says honestly that a role with one instance is away while it restarts', () => {
    expect(makePlan(inputOf({ hosts: [['healthy']] })).warnings).toEqual([
      'bot has one instance: it is away while it restarts.',
    ]);
    expect(makePlan(inputOf({ hosts: [['absent']] })).warnings).toEqual([]);
    expect(makePlan(inputOf({ hosts: [['healthy'], ['healthy']] })).warnings).toEqual([]);
  });
});
