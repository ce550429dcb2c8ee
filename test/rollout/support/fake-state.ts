import type { InstanceSettings, ProxySettings } from '../../../src/config/settings.ts';
import type { HostState, InstanceState, ServerState } from '../../../src/host/state.ts';
import type { FakeHost } from './fake-host.ts';

/** What its proxies say of their servers. */
export function serversOf(fake: FakeHost, proxies: readonly ProxySettings[]): readonly ServerState[] {
  return proxies.flatMap(({ role, servers }) =>
    servers.map(({ server }) => ({
      ...{ role, server, weight: 1, sessions: 0 },
      wanted: fake.servers.get(server) ?? 'ready',
      up: fake.links.has(server) && !fake.sick.has(server),
    })),
  );
}

/** What a probe of it reads. */
export function stateOf(
  fake: FakeHost,
  wanted: readonly InstanceSettings[],
  proxies: readonly ProxySettings[] = [],
): HostState {
  return {
    host: fake.host,
    now: Date.UTC(2026, 10, 21),
    initialised: true,
    user: 'deploy',
    system: 'Linux x86_64',
    tools: new Set(),
    disk: fake.disk,
    releases: [...fake.records.values()].sort((a, b) => a.sequence - b.sequence),
    instances: wanted.map((instance) => instanceState(fake, instance)),
    traffic: serversOf(fake, proxies),
    leftovers: [...fake.links.keys()]
      .filter((name) => !wanted.some((instance) => instance.name === name))
      .map((name) => ({ name, current: fake.links.get(name), service: '{"type":"files"}' })),
    owner: undefined,
    lock: fake.lockOwner ? { owner: fake.lockOwner, ageMs: 0 } : undefined,
    last: fake.last,
    notWritable: undefined,
    findings: [],
  };
}

function instanceState(fake: FakeHost, { id, name, host }: InstanceSettings): InstanceState {
  const current = fake.links.get(name);
  const running = current !== undefined;
  return {
    id,
    name,
    host,
    current,
    previous: undefined,
    runs: running ? { type: 'release', id: fake.runs.get(name) ?? current } : { type: 'nothing' },
    service: {
      status: running ? 'running' : 'stopped',
      pid: running ? 1 : undefined,
      startedAt: undefined,
      restarts: 0,
      detail: '',
    },
    health: running
      ? { healthy: !fake.sick.has(name), outcome: fake.sick.has(name) ? '503' : '200', latencyMs: 1 }
      : undefined,
    busy: undefined,
  };
}
