import { nearest } from '../base/nearest.ts';
import { list } from '../base/text.ts';
import { DEFAULTS } from './defaults.ts';
import { PROXY_NAME } from './fields.ts';
import { fill } from './placeholders.ts';
import { quoted } from './quoted.ts';
import type { RoleEntry, TrafficEntry } from './schema.ts';
import { type InstanceSettings, type ProxiedInstance, type ProxySettings, SLOTS } from './settings.ts';
import type { Stage } from './stage.ts';

/** The proxies of every role that has slots. Slots, traffic and the strategy have no meaning without each other. */
export function resolveProxies(stage: Stage, instances: readonly InstanceSettings[]): ProxySettings[] {
  checkStrategy(stage);
  return [...stage.roles].flatMap(([role, entry]) => {
    checkSlots(stage, role, entry);
    return entry.traffic ? proxiesOf({ stage, role, traffic: entry.traffic }, instances) : [];
  });
}

function checkStrategy({ name, entry, roles, mistake }: Stage): void {
  const isBlueGreen = entry.rollout?.strategy === 'blue-green';
  const sent = [...roles].filter(([, { slots, traffic }]) => slots ?? traffic).map(([role]) => role);
  if (isBlueGreen && sent.length === 0) {
    mistake(
      ['rollout', 'strategy'],
      '"blue-green" needs a role with "traffic", and "slots" of it or a "slot" of hosts.',
    );
  }
  if (isBlueGreen) return;
  for (const role of sent) {
    mistake(['roles', role], `has slots, so the stage "${name}" needs {"rollout": {"strategy": "blue-green"}}.`);
  }
}

function checkSlots(
  { entry: { hosts }, mistake }: Stage,
  role: string,
  { slots, traffic, port, exclusive }: RoleEntry,
) {
  const at = (key: string) => ['roles', role, key];
  const mine = hosts.flatMap((host, index) => ((host.roles[role] ?? 0) > 0 ? [{ ...host, index }] : []));
  if (slots && !traffic)
    mistake(at('slots'), 'needs "traffic": without a proxy that switches, there is no slot that idles.');
  if (slots && port !== undefined) mistake(at('port'), 'cannot stand beside "slots", which have ports of their own.');
  if (traffic && exclusive) {
    mistake(at('exclusive'), 'an exclusive role has no slots: two of its instances would run at once.');
  }
  for (const { index, slot } of traffic ? mine : []) {
    if (slots && slot)
      mistake(['hosts', index, 'slot'], `the role "${role}" has both slots on every host. Keep one of the two.`);
    if (!slots && !slot) {
      mistake(
        ['hosts', index],
        `runs "${role}", which has traffic, in no slot. Give the host a "slot", or the role "slots".`,
      );
    }
  }
}

interface Sent {
  readonly stage: Stage;
  readonly role: string;
  readonly traffic: TrafficEntry;
}

function proxiesOf(sent: Sent, all: readonly InstanceSettings[]): readonly ProxySettings[] {
  const { role, traffic } = sent;
  const instances = all.filter((instance) => instance.role === role);
  const own = [...new Set(instances.map(({ host }) => host))];
  checkHosts(sent);
  return (traffic.on ?? own).map((host): ProxySettings => {
    const behind = traffic.on ? instances : instances.filter((instance) => instance.host === host);
    const servers = behind.flatMap((instance) => serverOf(sent, instance) ?? []);
    checkServers(sent, host, servers);
    return { type: 'haproxy', host, role, socket: traffic.haproxy, backend: traffic.backend, servers };
  });
}

function checkHosts({ stage, role, traffic: { on = [] } }: Sent): void {
  const known = stage.entry.hosts.map(({ name }) => name);
  on.forEach((name, index) => {
    if (known.includes(name)) return;
    const meant = nearest(name, known);
    const hint = meant ? `Did you mean "${meant}"?` : `Its hosts: ${list(known)}.`;
    stage.mistake(['roles', role, 'traffic', 'on', index], `the stage "${stage.name}" has no host "${name}". ${hint}`);
  });
}

function serverOf({ stage, role, traffic }: Sent, instance: InstanceSettings): ProxiedInstance | undefined {
  const { slot, host, name, id } = instance;
  if (slot === undefined) return undefined;
  const values = { app: stage.app, stage: stage.name, host, role, slot, instance: name.slice(role.length + 1) };
  const path = ['roles', role, 'traffic', 'server'];
  const server = fill(traffic.server ?? DEFAULTS.server, values, (message) => stage.mistake(path, message));
  if (!PROXY_NAME.test(server)) {
    stage.mistake(path, `expected letters, digits, ".", "_", ":" and "-", got ${quoted(server)}.`);
  }
  return { server, instance: id, slot };
}

function checkServers({ stage, role }: Sent, host: string, servers: readonly ProxiedInstance[]): void {
  const path = ['roles', role, 'traffic'];
  const twin = servers.find(({ server }, index) => servers.findIndex((one) => one.server === server) < index);
  if (twin) {
    const message = `two instances are the server "${twin.server}" of the proxy on ${host}. Put {instance} or {host} into "server".`;
    stage.mistake([...path, 'server'], message);
  }
  const missing = SLOTS.find((slot) => servers.every((one) => one.slot !== slot));
  if (servers.length > 0 && missing) {
    const message = `the proxy on ${host} has no server of ${missing} to switch to. Name the hosts of the proxies with "on".`;
    stage.mistake(path, message);
  }
}
