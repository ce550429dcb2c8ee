import fc from 'fast-check';
import type { HostState, InstanceState, ReleaseRecord } from '../../../src/host/state.ts';
import type { PlanInput } from '../../../src/rollout/make-plan.ts';
import type { Plan } from '../../../src/rollout/plan.ts';
import { live } from '../../config/minimal.ts';

export const NEW = '20261121T114205Z-1f0755f';
export const OLD = '20261120T114205Z-aaaaaaa';

export type Condition = 'healthy' | 'sick' | 'absent' | 'new';

export interface World {
  /** Per host, per number: how the instance of the role "bot" is. */
  readonly hosts: readonly (readonly Condition[])[];
  /** The same of the role "web", on the first hosts. */
  readonly web?: readonly (readonly Condition[])[];
  readonly rollout?: Readonly<Record<string, unknown>>;
  readonly exclusive?: boolean;
  readonly kind?: PlanInput['kind'];
}

export function inputOf({ hosts, rollout = {}, web = [], exclusive = false, kind = 'deploy' }: World): PlanInput {
  const names = hosts.map((_, i) => `h${i + 1}`);
  const settings = live({
    rollout,
    roles: {
      bot: { service: { start: 'a', stop: 'b', status: 'c' }, exclusive },
      ...(web.length === 0 ? {} : { web: { service: { start: 'a', stop: 'b', status: 'c' } } }),
    },
    stages: {
      live: {
        hosts: names.map((name, i) => {
          const counts = { bot: hosts[i]!.length, ...(web[i] ? { web: web[i].length } : {}) };
          return { name, address: name, roles: counts };
        }),
      },
    },
  });
  const states = names.map((name, i) => {
    const bots = hostState(name, hosts[i]!);
    const webs = hostState(name, web[i] ?? [], 'web');
    return { ...bots, instances: [...bots.instances, ...webs.instances] };
  });
  const release = { id: NEW, revision: undefined, subject: '', digest: '', files: 1, bytes: 1 };
  return {
    kind,
    settings,
    states,
    release,
    hosts: [],
    bystanders: [],
    leftovers: [],
    restart: 'when needed',
    warnings: [],
  };
}

export function hostState(host: string, conditions: readonly Condition[], role = 'bot'): HostState {
  const instances = conditions.map((condition, i): InstanceState => {
    const current = condition === 'absent' ? undefined : condition === 'new' ? NEW : OLD;
    return {
      id: `${role}.${i + 1}@${host}`,
      name: `${role}.${i + 1}`,
      host,
      current,
      previous: undefined,
      runs: current === undefined ? { type: 'nothing' } : { type: 'release', id: current },
      service: { status: current ? 'running' : 'stopped', pid: 1, startedAt: 0, restarts: 0, detail: '' },
      health: current ? { healthy: condition !== 'sick', outcome: '', latencyMs: 1 } : undefined,
      busy: undefined,
    };
  });
  const facts = { now: 0, initialised: true, user: 'deploy', system: '', tools: new Set<string>() };
  const rest = {
    releases: [],
    traffic: [],
    leftovers: [],
    owner: undefined,
    lock: undefined,
    last: undefined,
    notWritable: undefined,
    findings: [],
  };
  return { host, instances, disk: { freeBytes: 1, freeInodes: 1 }, ...facts, ...rest };
}

export const updatesOf = (plan: Plan) => plan.steps.flatMap((step) => (step.type === 'update' ? [step.instances] : []));

export const world = fc.record({
  hosts: fc.array(
    fc.array(fc.constantFrom<Condition>('healthy', 'sick', 'absent', 'new'), { minLength: 1, maxLength: 5 }),
    {
      minLength: 1,
      maxLength: 6,
    },
  ),
  rollout: fc.record({
    batch: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.constantFrom('10%', '25%', '100%')),
    maxUnavailable: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.constantFrom('10%', '25%', '100%')),
    bake: fc.constantFrom('0s', '1m'),
  }),
});

/** A release as a host knows it. */
export function record(id: string, sequence: number, status: ReleaseRecord['status']): ReleaseRecord {
  const facts = {
    revision: undefined,
    subject: '',
    digest: '',
    recipe: undefined,
    by: '',
    at: 0,
    bad: undefined,
    irreversible: undefined,
  };
  return { id, sequence, status, ...facts, kept: false, present: true };
}
