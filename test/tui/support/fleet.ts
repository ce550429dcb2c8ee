import type { HostState, InstanceState, LockOwner, ReleaseRecord } from '../../../src/host/state.ts';
import { driftsIn } from '../../../src/rollout/drift.ts';
import type { Unfinished } from '../../../src/rollout/unfinished.ts';
import type { Plan } from '../../../src/rollout/plan.ts';
import type { Fleet, FleetRelease, HostReading, PreparedRollout } from '../../../src/rollout/session.ts';

export const NOW = Date.UTC(2026, 10, 21, 12, 0, 0);
export const OLD = '20261118T091500Z-0a1b2c3';
export const NEW = '20261121T114205Z-1f0755f';

const HOUR = 3_600_000;

export function instance(id: string, change: Partial<InstanceState> = {}): InstanceState {
  const [name = '', host = ''] = id.split('@');
  return {
    id,
    name,
    host,
    current: OLD,
    previous: undefined,
    runs: { type: 'release', id: OLD },
    service: { status: 'running', pid: 4211, startedAt: NOW - 75 * HOUR, restarts: 0, detail: 'active (running)' },
    health: { healthy: true, outcome: '200', latencyMs: 12.4 },
    busy: undefined,
    ...change,
  };
}

export function hostState(host: string, change: Partial<HostState> = {}): HostState {
  return {
    host,
    now: NOW,
    initialised: true,
    user: 'deploy',
    system: 'Linux x86_64',
    tools: new Set(['curl']),
    disk: { freeBytes: 12_300_000_000, freeInodes: 1_000_000 },
    releases: [],
    instances: [instance(`bot.1@${host}`), instance(`bot.2@${host}`)],
    leftovers: [],
    owner: 'greeter production',
    notWritable: undefined,
    lock: undefined,
    last: undefined,
    traffic: [],
    findings: [],
    ...change,
  };
}

export function read(host: string, change: Partial<HostState> = {}): HostReading {
  return { type: 'read', host, state: hostState(host, change) };
}

export function release(change: Partial<FleetRelease & ReleaseRecord> = {}): FleetRelease {
  return {
    id: OLD,
    status: 'good',
    sequence: 7,
    revision: '0a1b2c3d4e5f60718293a4b5c6d7e8f901234567',
    subject: 'Answer in the language of the question',
    digest: 'd1',
    recipe: '',
    by: 'ana@laptop',
    at: NOW - 75 * HOUR,
    bad: undefined,
    irreversible: undefined,
    kept: false,
    present: true,
    on: ['fra-1', 'fra-2', 'hel-1'],
    live: [],
    notATarget: undefined,
    ...change,
  };
}

const LIVE = ['bot.1@fra-1', 'bot.2@fra-1', 'bot.1@fra-2', 'bot.2@fra-2', 'bot.1@hel-1', 'bot.2@hel-1'];

export const HOSTS = ['fra-1', 'fra-2', 'hel-1'];
export const INSTANCES = LIVE;

/** Three hosts, two instances each, all well. */
export function calmFleet(): Fleet {
  return {
    release: OLD,
    drift: [],
    hosts: HOSTS.map((host) => read(host)),
    releases: [
      release({ live: LIVE, notATarget: 'it is live on every instance' }),
      release({
        id: '20261117T160233Z-77aa01c',
        sequence: 6,
        status: 'failed',
        subject: 'Try the new tokenizer',
        at: NOW - 92 * HOUR,
        notATarget: 'its rollout failed: bot.1@fra-1 answered 500 for 2m',
      }),
      release({ id: '20261112T101010Z-be57ed0', sequence: 5, subject: 'Reconnect with backoff', at: NOW - 218 * HOUR }),
      release({
        id: '20261101T081500Z-c0ffee0',
        sequence: 4,
        subject: 'Rate limits per guild',
        at: NOW - 484 * HOUR,
        by: 'ben@desk',
        kept: true,
        on: ['fra-1', 'fra-2'],
        notATarget: 'hel-1 does not hold it any more',
      }),
      release({
        id: '20261024T120000Z-bad1dea',
        sequence: 3,
        subject: 'Cache everything',
        at: NOW - 672 * HOUR,
        bad: 'loses messages (ana)',
        notATarget: 'it is marked bad: loses messages (ana)',
      }),
    ],
  };
}

const OWNER: LockOwner = {
  rollout: '20261121T114210Z-9f3a1c',
  who: 'ben@desk',
  since: NOW - 192_000,
  why: `deploy ${NEW}`,
  state: 'held',
  machine: 'm',
  boot: 'b',
  pid: 77,
};

/** A rollout has updated one of six instances, and holds all hosts. */
export function lockedFleet(owner: Partial<LockOwner> = {}): Fleet {
  const lock = { owner: { ...OWNER, ...owner }, ageMs: 4000 };
  const done = instance('bot.1@fra-1', { current: NEW, runs: { type: 'release', id: NEW } });
  const [first, ...others] = HOSTS.map((host) => read(host, { lock }));
  const begun = read(first!.host, { lock, instances: [done, instance('bot.2@fra-1')] });
  return { ...calmFleet(), hosts: [begun, ...others], drift: [] };
}

/** That rollout, once nobody runs it any more. */
export function unfinished(): Unfinished {
  const owner: LockOwner = { ...OWNER, state: 'paused', why: `${OWNER.why}; waits: asked to pause` };
  const { hosts: readings } = lockedFleet(owner);
  const standing = { rollout: OWNER.rollout, owner, lock: { owner, ageMs: 4000 }, controller: 'gone' as const };
  return { ...standing, hosts: HOSTS, readings, plan: plan(), hooksRun: 0 };
}

/** Three hosts, of which two are not what the stage is. */
export function driftedFleet(): Fleet {
  const calm = calmFleet();
  const before = '20261112T101010Z-be57ed0';
  const hosts = [
    read('fra-1'),
    read('fra-2', {
      instances: [
        instance('bot.1@fra-2', { runs: { type: 'release', id: before } }),
        instance('bot.2@fra-2', { current: undefined, runs: { type: 'nothing' }, service: STOPPED, health: undefined }),
      ],
    }),
    read('hel-1', {
      instances: [
        instance('bot.1@hel-1', { current: before, runs: { type: 'release', id: before } }),
        instance('bot.2@hel-1', { current: 'by-hand', runs: { type: 'unproven' } }),
      ],
      leftovers: [{ name: 'worker.9', current: before, service: '{}' }],
    }),
  ];
  const states = hosts.flatMap((host) => (host.type === 'read' ? [host.state] : []));
  const measure = { release: OLD, releases: calm.releases, wanted: INSTANCES };
  return { ...calm, hosts, drift: driftsIn(states, measure) };
}

const STOPPED: InstanceState['service'] = {
  status: 'stopped',
  pid: undefined,
  startedAt: undefined,
  restarts: 0,
  detail: 'inactive (dead)',
};

/** Something of everything that can be wrong. */
export function troubledFleet(): Fleet {
  const calm = calmFleet();
  return {
    ...calm,
    hosts: [
      read('fra-1', {
        lock: {
          ageMs: 4000,
          owner: {
            rollout: 'r-41',
            who: 'ben@desk',
            since: NOW - 192_000,
            why: 'deploy 20261121T114205Z-1f0755f',
            state: 'held',
            machine: 'm',
            boot: 'b',
            pid: 77,
          },
        },
        instances: [
          instance('bot.1@fra-1', { current: NEW, previous: OLD, runs: { type: 'release', id: OLD } }),
          instance('bot.2@fra-1', {
            health: { healthy: false, outcome: 'connection refused', latencyMs: undefined },
            service: {
              status: 'failed',
              pid: undefined,
              startedAt: undefined,
              restarts: 17,
              detail: 'failed (exit-code)',
            },
          }),
        ],
        leftovers: [{ name: 'worker.9', current: '20261024T120000Z-bad1dea', service: '{}' }],
        findings: [
          {
            severity: 'missing',
            kind: 'sudo',
            what: 'the right to restart greeter-production@2',
            mend: 'deploy ALL=(root) NOPASSWD: /usr/bin/systemctl restart greeter-production@2',
          },
          {
            severity: 'warning',
            kind: 'journal',
            what: 'the clock is 14s ahead',
            mend: 'systemctl enable --now systemd-timesyncd',
          },
        ],
      }),
      {
        type: 'unreachable',
        host: 'fra-2',
        reason: 'connect ETIMEDOUT 203.0.113.11:22',
        mend: 'ssh deploy@203.0.113.11 true',
      },
      read('hel-1', {
        instances: [instance('bot.1@hel-1', { busy: 'r-41', runs: { type: 'unproven' }, health: undefined })],
      }),
    ],
  };
}

export function plan(change: Partial<Plan> = {}): Plan {
  return {
    v: 1,
    kind: 'deploy',
    app: 'greeter',
    stage: 'production',
    release: {
      id: NEW,
      revision: '1f0755f2a9d14c0f8c3e5b7a6d8e9f0011223344',
      subject: 'Greet in the evening too',
      digest: 'd2',
      files: 782,
      bytes: 9_120_000,
    },
    strategy: 'rolling',
    steps: [
      { type: 'stage', hosts: HOSTS },
      { type: 'update', instances: ['bot.1@fra-1'] },
      { type: 'bake', ms: 60_000 },
      ...LIVE.slice(1).map((id) => ({ type: 'update' as const, instances: [id] })),
    ],
    hosts: HOSTS.map((host) => ({
      host,
      base: OLD,
      upload: { files: 6, bytes: 14_200, remove: 1 },
      prepare: ['npm ci --omit=dev'],
      prune: host === 'hel-1' ? [] : ['20261024T120000Z-bad1dea', '20261001T120000Z-0ldbeef'],
    })),
    instances: LIVE.map((id) => ({
      instance: id,
      role: 'bot',
      host: id.split('@')[1]!,
      from: OLD,
      back: OLD,
      change: 'update' as const,
    })),
    instanceHooks: { beforeSwitch: [], afterSwitch: [] },
    policy: { maxUnavailable: { bot: 2 }, maxFailures: 0, onFailure: 'rollback', progressDeadlineMs: 600_000 },
    warnings: ['Each instance is out for a moment while it restarts: nothing holds its requests.'],
    ...change,
  };
}

export function prepared(change: Partial<PreparedRollout> = {}): PreparedRollout {
  return {
    plan: plan(),
    alreadyLive: false,
    changes: ['1f0755f Greet in the evening too', '9d3c1aa Read the time zone of the guild', '41aa0be Bump pino'],
    ...change,
  };
}
