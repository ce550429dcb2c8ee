import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Slot } from '../../src/config/settings.ts';
import type { HostState, InstanceState, ServerState } from '../../src/host/state.ts';
import { isAlreadyLive, makePlan, type PlanInput } from '../../src/rollout/make-plan.ts';
import type { Plan } from '../../src/rollout/plan.ts';
import { withTraffic } from '../../src/rollout/slots.ts';
import { live } from '../config/minimal.ts';
import { record } from './support/worlds.ts';

const NEW = '20261121T114205Z-1f0755f';
const OLD = '20261120T114205Z-aaaaaaa';

/** What the instances of a slot run, and what the proxies say of it. */
interface Side {
  readonly runs?: string;
  readonly sick?: boolean;
  readonly wanted: ServerState['wanted'];
}

interface World {
  readonly blue: Side;
  readonly green: Side;
  readonly hosts?: number;
  readonly kind?: PlanInput['kind'];
  readonly rollout?: Readonly<Record<string, unknown>>;
  /** The release that is planned. */
  readonly to?: string;
  readonly restart?: PlanInput['restart'];
  /** Releases that are good. */
  readonly good?: readonly string[];
}

const IDLE: Side = { wanted: 'drain' };
const serving = (runs: string): Side => ({ runs, wanted: 'ready' });
const warm = (runs: string): Side => ({ runs, wanted: 'drain' });

function inputOf(world: World): PlanInput {
  const { hosts: count = 2, kind = 'deploy', rollout = {}, to = NEW, good = [OLD] } = world;
  const names = Array.from({ length: count }, (_, i) => `h${i + 1}`);
  const service = { start: 'a', stop: 'b', status: 'c' };
  const settings = live({
    rollout: { strategy: 'blue-green', approve: 'auto', bake: '1m', ...rollout },
    roles: {
      job: { service },
      bot: { service, slots: { blue: 5001, green: 5101 }, traffic: { haproxy: '/s', backend: 'bot' } },
    },
    stages: { live: { hosts: names.map((name) => ({ name, address: name, roles: { bot: 2, job: 1 } })) } },
  });
  const states = names.map((host): HostState => {
    const instances = settings.instances.filter((one) => one.host === host);
    const { servers } = settings.proxies.find((one) => one.host === host)!;
    const sideOf = (slot: Slot | undefined) => (slot === undefined ? serving(to) : world[slot]);
    return {
      ...{ host, now: 0, initialised: true, user: 'deploy', system: '', tools: new Set<string>(), leftovers: [] },
      ...{ owner: undefined, lock: undefined, last: undefined, notWritable: undefined, findings: [] },
      disk: { freeBytes: 1, freeInodes: 1 },
      releases: [OLD, NEW].map((id, i) => record(id, i + 1, good.includes(id) ? 'good' : 'ready')),
      instances: instances.map((one) => instanceState(one.id, one.name, { host, side: sideOf(one.slot) })),
      traffic: servers.map(({ server, slot }) => {
        const { runs, sick = false, wanted } = world[slot];
        return { role: 'bot', server, wanted, up: runs !== undefined && !sick, weight: 1, sessions: 0 };
      }),
    };
  });
  return {
    kind,
    settings,
    states: withTraffic(settings, states),
    release: { id: to, revision: undefined, subject: '', digest: '', files: 1, bytes: 1 },
    ...{ hosts: [], bystanders: [], leftovers: [], restart: world.restart ?? 'when needed', warnings: [] },
  };
}

function instanceState(id: string, name: string, { host, side }: { host: string; side: Side }): InstanceState {
  const { runs: current, sick = false } = side;
  return {
    ...{ id, name, host, current, previous: undefined, busy: undefined },
    runs: current === undefined ? { type: 'nothing' } : { type: 'release', id: current },
    service: { status: current ? 'running' : 'stopped', pid: 1, startedAt: 0, restarts: 0, detail: '' },
    health: current ? { healthy: !sick, outcome: '', latencyMs: 1 } : undefined,
  };
}

const planOf = (world: World) => makePlan(inputOf(world));

/** The steps between staging and the end, in short. */
const stepsOf = ({ steps }: Plan) =>
  steps.flatMap((step) => {
    switch (step.type) {
      case 'update':
      case 'retire':
        return [
          `${step.type} ${[...new Set(step.instances.map((id) => id.split('.')[1]))].join('+')} ${step.instances.length}`,
        ];
      case 'switchTraffic':
        return [`traffic to ${step.to}`];
      case 'keepWarm':
        return [`keep ${step.slot}`];
      case 'stage':
        return [];
      default:
        return [step.type];
    }
  });

const slotOf = (id: string) => id.split('.')[1] as Slot;

describe('a plan for slots', () => {
  it('makes the idle slot ready, asks, switches, watches, keeps the other warm and retires it', () => {
    const plan = planOf({
      blue: serving(OLD),
      green: IDLE,
      rollout: { approve: 'manual', bake: '1m', keepWarm: '5m' },
    });
    expect(stepsOf(plan)).toEqual(['update green 4', 'gate', 'traffic to green', 'bake', 'keep blue', 'retire blue 4']);
    expect(plan.slots).toEqual([{ role: 'bot', from: 'blue', to: 'green' }]);
  });

  it('begins with blue where nothing takes traffic, and has nothing to keep', () => {
    const nothing: Side = { wanted: 'ready' };
    expect(stepsOf(planOf({ blue: nothing, green: nothing }))).toEqual(['update blue 4', 'traffic to blue', 'bake']);
  });

  it('leaves out the gate, the watch and the warm time that are not wanted', () => {
    const plan = planOf({ blue: serving(OLD), green: IDLE, rollout: { bake: '0s', keepWarm: '0s' } });
    expect(stepsOf(plan)).toEqual(['update green 4', 'traffic to green', 'retire blue 4']);
  });

  it('updates every instance of the idle slot exactly once, and never one of the slot that takes the traffic', () => {
    const side = fc.record({ runs: fc.constantFrom(undefined, OLD, NEW), sick: fc.boolean() });
    const world = fc.record({
      blue: side,
      green: side,
      taken: fc.constantFrom<Slot>('blue', 'green'),
      hosts: fc.integer({ min: 1, max: 4 }),
    });
    const kind = fc.constantFrom<PlanInput['kind']>('deploy', 'rollback');
    const restart = fc.constantFrom<PlanInput['restart']>('when needed', 'always');
    fc.assert(
      fc.property(world, kind, restart, ({ taken, hosts, ...sides }, aim, how) => {
        const side = (slot: Slot): Side => {
          const { runs, sick } = sides[slot];
          return { ...(runs === undefined ? {} : { runs }), sick, wanted: slot === taken ? 'ready' : 'drain' };
        };
        const given = { blue: side('blue'), green: side('green'), hosts, kind: aim, restart: how };
        const plan = planOf(given);
        const idle: Slot = taken === 'blue' ? 'green' : 'blue';
        const updated = plan.steps.flatMap((step) => (step.type === 'update' ? step.instances : []));
        const bots = updated.filter((id) => id.startsWith('bot.'));
        expect(bots.filter((id) => slotOf(id) === taken)).toEqual([]);
        expect(new Set(bots).size).toBe(bots.length);
        const { runs, sick = false } = given[taken];
        const isThere = runs === NEW && !sick && how === 'when needed';
        const isReady = given[idle].runs === NEW && given[idle].sick !== true && how === 'when needed';
        expect(bots).toHaveLength(isThere || isReady ? 0 : 2 * hosts);
        expect(JSON.stringify(planOf(given))).toBe(JSON.stringify(plan));
      }),
    );
  });

  it('has nothing to do for a release that takes the traffic already and is good', () => {
    const input = inputOf({ blue: serving(NEW), green: IDLE, good: [OLD, NEW] });
    expect(isAlreadyLive(makePlan(input), input.states)).toBe(true);
  });

  it('does the rest of a rollout that was interrupted after its switch', () => {
    const plan = planOf({ blue: warm(OLD), green: serving(NEW) });
    expect(stepsOf(plan)).toEqual(['keep blue', 'retire blue 4']);
  });

  it('goes back by switching alone as long as the other slot is warm, and retires the one it leaves', () => {
    const plan = planOf({ blue: warm(OLD), green: serving(NEW), kind: 'rollback', to: OLD });
    expect(stepsOf(plan)).toEqual(['traffic to blue', 'retire green 4']);
  });

  it('goes back without a gate or a watch where the other slot has been retired', () => {
    const plan = planOf({ blue: IDLE, green: serving(NEW), kind: 'rollback', to: OLD, rollout: { approve: 'manual' } });
    expect(stepsOf(plan)).toEqual(['update blue 4', 'traffic to blue', 'retire green 4']);
  });

  it('does not count on a warm slot that is sick', () => {
    const sick = { runs: OLD, sick: true, wanted: 'drain' } as const;
    const plan = planOf({ blue: sick, green: serving(NEW), kind: 'rollback', to: OLD });
    expect(stepsOf(plan)).toEqual(['update blue 4', 'traffic to blue', 'retire green 4']);
  });

  it('takes the slot of the newest good release for the one that serves when a proxy would send traffic to both', () => {
    const both = { blue: serving(OLD), green: serving(NEW), to: '20261122T000000Z-2222222' };
    const plan = planOf({ ...both, good: [OLD, NEW] });
    expect(stepsOf(plan)[0]).toBe('update blue 4');
    expect(plan.warnings.join()).toContain('The proxies do not tell which slot of bot takes the traffic');
    expect(stepsOf(planOf({ ...both, good: [OLD] }))[0]).toBe('update green 4');
  });

  it('is not live already while a proxy would send traffic to both slots', () => {
    const input = inputOf({ blue: serving(OLD), green: serving(NEW), kind: 'rollback', to: OLD });
    const plan = makePlan(input);
    expect([stepsOf(plan), isAlreadyLive(plan, input.states)]).toEqual([['traffic to blue', 'retire green 4'], false]);
  });

  it('rolls the roles without slots once the traffic is switched and watched', () => {
    const input = inputOf({ blue: serving(OLD), green: IDLE });
    const states = input.states.map((state) => ({
      ...state,
      instances: state.instances.map((one) => (one.name === 'job.1' ? { ...one, current: OLD } : one)),
    }));
    const steps = stepsOf(makePlan({ ...input, states })).filter((step) => !step.startsWith('bake'));
    expect(steps).toEqual([
      'update green 4',
      'traffic to green',
      'update 1@h1 1',
      'update 1@h2 1',
      'keep blue',
      'retire blue 4',
    ]);
  });
});
