import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makePlan, type PlanInput } from '../../src/rollout/make-plan.ts';
import type { Plan } from '../../src/rollout/plan.ts';
import { type Condition, inputOf, updatesOf, type World, world } from './support/worlds.ts';

const STRATEGIES = ['rolling', 'canary', 'all-at-once'] as const;

const strategic = fc.record({
  given: world,
  web: fc.array(fc.array(fc.constantFrom<Condition>('healthy', 'sick', 'absent', 'new'), { maxLength: 4 }), {
    maxLength: 1,
  }),
  strategy: fc.constantFrom(...STRATEGIES),
  canary: fc.constantFrom<number | string>(1, '10%', '25%'),
  approve: fc.constantFrom('manual', 'auto'),
  approved: fc.constantFrom('step', 'all', undefined),
  kind: fc.constantFrom('deploy', 'rollback'),
});

type Strategic = typeof strategic extends fc.Arbitrary<infer T> ? T : never;

function planned({ given, web, strategy, canary, approve, approved, kind }: Strategic): readonly [Plan, PlanInput] {
  const some = web.filter((conditions) => conditions.length > 0);
  const worldly: World = { ...given, web: some, kind, rollout: { ...given.rollout, strategy, canary, approve } };
  const input = { ...inputOf(worldly), approved };
  return [makePlan(input), input];
}

const conditionOf = ({ states }: PlanInput, id: string) =>
  states.flatMap(({ instances }) => instances).find((one) => one.id === id)!;

const roleOf = (id: string) => id.split('.')[0]!;

describe('whatever the strategy, a plan', () => {
  it('changes every instance that has to change in exactly one step, and no other; no step mixes roles', () => {
    fc.assert(
      fc.property(strategic, (given) => {
        const [plan] = planned(given);
        const changing = plan.instances.filter(({ change }) => change !== 'none').map(({ instance }) => instance);
        expect(updatesOf(plan).flat().sort()).toEqual(changing.sort());
        for (const update of updatesOf(plan)) expect(new Set(update.map(roleOf)).size).toBe(1);
      }),
      { seed: 4 },
    );
  });

  it('never changes more at once than may be out', () => {
    fc.assert(
      fc.property(strategic, (given) => {
        const [plan] = planned(given);
        for (const update of updatesOf(plan))
          expect(update.length).toBeLessThanOrEqual(plan.policy.maxUnavailable[roleOf(update[0]!)]!);
      }),
      { seed: 4 },
    );
  });

  it('has the same bytes for the same input', () => {
    fc.assert(
      fc.property(strategic, (given) => {
        expect(JSON.stringify(planned(given)[0])).toBe(JSON.stringify(planned(given)[0]));
      }),
      { seed: 4 },
    );
  });

  it('waits for nothing on the way back, and for nothing but health once all is approved', () => {
    fc.assert(
      fc.property(strategic, (given) => {
        const [plan] = planned(given);
        const waits = plan.steps.filter(({ type }) => type === 'bake' || type === 'analyze' || type === 'gate');
        if (plan.kind === 'rollback' || given.approved === 'all') expect(waits).toEqual([]);
        if (given.approved === 'step' && given.strategy === 'canary')
          expect(waits.filter(({ type }) => type !== 'bake')).toEqual([]);
      }),
      { seed: 4 },
    );
  });
});

describe('a canary', () => {
  const canary = (given: Omit<World, 'rollout'>, rollout: World['rollout'] = {}) =>
    makePlan(inputOf({ ...given, rollout: { strategy: 'canary', bake: '5m', ...rollout } }));

  it('is at most a quarter of its role or one, runs and is healthy, and comes first', () => {
    fc.assert(
      fc.property(strategic, (given) => {
        const [plan, input] = planned({ ...given, strategy: 'canary', kind: 'deploy', approved: undefined });
        const step = plan.steps.find(({ type }) => type === 'analyze');
        const canaries = step?.type === 'analyze' ? step.canaries : [];
        for (const role of new Set(canaries.map(roleOf))) {
          const ofRole = canaries.filter((id) => roleOf(id) === role);
          const total = plan.instances.filter((one) => one.role === role).length;
          expect(ofRole.length).toBeLessThanOrEqual(Math.max(1, total / 4));
        }
        for (const id of canaries) expect(conditionOf(input, id).health?.healthy, id).toBe(true);
        const before = plan.steps
          .slice(0, plan.steps.indexOf(step!))
          .flatMap((one) => (one.type === 'update' ? one.instances : []));
        if (step) expect(canaries).toEqual(expect.arrayContaining(before));
      }),
      { seed: 4 },
    );
  });

  it('is compared, approved, and followed by the rest in batches, watched for a while at the end', () => {
    const eight = Array.from({ length: 4 }, () => ['healthy', 'healthy'] as const);
    const plan = canary({ hosts: eight }, { canary: '25%', batch: 3, maxUnavailable: 3 });
    expect(plan.steps.slice(1)).toEqual([
      { type: 'update', instances: ['bot.1@h1', 'bot.1@h2'] },
      { type: 'analyze', canaries: ['bot.1@h1', 'bot.1@h2'], ms: 300_000 },
      { type: 'gate', gate: 'promote' },
      { type: 'update', instances: ['bot.1@h3', 'bot.1@h4', 'bot.2@h1'] },
      { type: 'update', instances: ['bot.2@h2', 'bot.2@h3', 'bot.2@h4'] },
      { type: 'bake', ms: 120_000 },
    ]);
  });

  it('is one analysis and one gate for all roles; of one instance there is none beside the others', () => {
    const plan = canary({ hosts: [['healthy', 'healthy'], ['healthy']], web: [['healthy']] });
    expect(plan.steps.filter(({ type }) => type === 'analyze' || type === 'gate')).toEqual([
      { type: 'analyze', canaries: ['bot.1@h1'], ms: 300_000 },
      { type: 'gate', gate: 'promote' },
    ]);
    expect(updatesOf(plan).at(-1)).toEqual(['web.1@h1']);
    expect(plan.warnings).toContain('web has one instance: it is updated with the rest, without a canary.');
    const two = canary({ hosts: [['healthy'], ['healthy']], web: [['healthy', 'healthy']] });
    expect(two.steps.find(({ type }) => type === 'analyze')).toMatchObject({ canaries: ['bot.1@h1', 'web.1@h1'] });
  });

  it('of an only instance is itself: weak evidence, and nothing left to approve', () => {
    const plan = canary({ hosts: [['healthy']], exclusive: true });
    expect(plan.steps.slice(1).map(({ type }) => type)).toEqual(['update', 'analyze']);
    expect(plan.warnings.join(' ')).toContain('no baseline, weak evidence');
  });

  it('opens no gate where the verdict decides', () => {
    const plan = canary({ hosts: [['healthy', 'healthy']] }, { approve: 'auto' });
    expect(plan.steps.map(({ type }) => type)).toEqual(['stage', 'update', 'analyze', 'update', 'bake']);
  });

  it('that runs the release already is not updated again, but judged', () => {
    const plan = canary({ hosts: [['new', 'healthy', 'healthy', 'healthy']] });
    expect(plan.steps.slice(1, 4)).toEqual([
      { type: 'analyze', canaries: ['bot.1@h1'], ms: 300_000 },
      { type: 'gate', gate: 'promote' },
      { type: 'update', instances: ['bot.2@h1'] },
    ]);
  });

  it('is none where nothing healthy runs yet', () => {
    const plan = canary({ hosts: [['absent', 'absent']] });
    expect(plan.steps.map(({ type }) => type)).toEqual(['stage', 'update', 'update', 'bake']);
    expect(plan.warnings).toContain(
      'No instance of bot is healthy: there is no canary, all are updated with the rest.',
    );
  });

  it('never is one of the sick: those come first of the rest', () => {
    const plan = canary({ hosts: [['sick', 'healthy', 'healthy']] });
    expect(updatesOf(plan)).toEqual([['bot.2@h1'], ['bot.1@h1'], ['bot.3@h1']]);
  });
});

describe('all at once', () => {
  it('is one batch of each role, and lets all of it be out', () => {
    const rollout = { strategy: 'all-at-once', batch: 1, maxUnavailable: 1 };
    const plan = makePlan(inputOf({ hosts: [['healthy', 'healthy'], ['healthy']], web: [['healthy']], rollout }));
    expect(updatesOf(plan)).toEqual([['bot.1@h1', 'bot.1@h2', 'bot.2@h1'], ['web.1@h1']]);
    expect(plan.policy.maxUnavailable).toEqual({ bot: 3, web: 1 });
  });

  it('goes back all at once', () => {
    const rollout = { strategy: 'all-at-once' };
    const plan = makePlan(inputOf({ hosts: [['healthy', 'healthy'], ['healthy']], rollout, kind: 'rollback' }));
    expect(updatesOf(plan)).toHaveLength(1);
  });
});
