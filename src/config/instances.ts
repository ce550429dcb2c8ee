import { posix } from 'node:path';
import { nearest } from '../base/nearest.ts';
import { list } from '../base/text.ts';
import { DEFAULTS } from './defaults.ts';
import { resolveHealth } from './health.ts';
import { resolveLog } from './logs.ts';
import type { Path } from './json.ts';
import { resolveMetrics } from './metrics.ts';
import { kindOf, SERVICE_KINDS } from './kinds.ts';
import { fill, inShell, type Values } from './placeholders.ts';
import type { RoleEntry, ServiceEntry } from './schema.ts';
import { type HostSettings, type InstanceSettings, type ServiceSettings, type Slot, SLOTS } from './settings.ts';
import type { Stage } from './stage.ts';

/** Every instance of the stage: roles in the order of hosts.json, then hosts, then numbers. */
export function resolveInstances(stage: Stage, hosts: readonly HostSettings[]): InstanceSettings[] {
  checkRoles(stage);
  return [...stage.roles].flatMap(([role, entry]) => resolveRole({ stage, role, entry }, hosts));
}

/** One role, as the places that resolve its parts need it. */
interface RolePart {
  readonly stage: Stage;
  readonly role: string;
  readonly entry: RoleEntry;
}

/** One instance on its way: `fill` and `fillCommand` replace placeholders and tell mistakes at the setting's path. */
export interface InstancePart extends RolePart {
  readonly folder: string;
  fill(path: Path, text: string): string;
  fillCommand(path: Path, text: string): string;
}

function checkRoles({ roles, entry, mistake }: Stage): void {
  if (roles.size === 0) {
    mistake(['roles'], 'at least one role is needed, such as {"bot": {}}.');
    return;
  }
  const counts = entry.hosts.flatMap((host) => Object.values(host.roles));
  if (counts.every((count) => count === 0)) mistake(['hosts'], 'no host runs an instance of any role.');
  for (const [index, host] of entry.hosts.entries()) {
    for (const role of Object.keys(host.roles)) {
      if (!roles.has(role)) mistake(['hosts', index, 'roles', role], unknownRole(role, roles.keys()));
    }
  }
}

function unknownRole(role: string, known: Iterable<string>): string {
  const names = [...known];
  const meant = nearest(role, names);
  return `there is no role "${role}". ${meant ? `Did you mean "${meant}"?` : `Roles: ${list(names)}.`}`;
}

function resolveRole(part: RolePart, hosts: readonly HostSettings[]): InstanceSettings[] {
  const { stage, role, entry } = part;
  const instances = hosts.flatMap((host, index) => {
    const { roles: counts, slot } = stage.entry.hosts[index]!;
    const count = Object.hasOwn(counts, role) ? counts[role]! : 0;
    return setsOf(entry, slot).flatMap((set) => {
      if ((set.port ?? 1) + count - 1 > 65535) {
        stage.mistake(['hosts', index, 'roles', role], `${count} instances from port ${set.port!} on end above 65535.`);
      }
      return Array.from({ length: count }, (_, i) => resolveInstance(part, host, { ...set, number: i + 1 }));
    });
  });
  // A role that no host runs yet is checked all the same, as if the first host ran it.
  if (instances.length === 0) resolveInstance(part, hosts[0]!, { ...setsOf(entry, undefined)[0]!, number: 1 });
  if (entry.exclusive && instances.length > 1) {
    const message = `an exclusive role has at most one instance in a stage, but "${stage.name}" has ${instances.length}.`;
    stage.mistake(['roles', role, 'exclusive'], message);
  }
  return instances;
}

/** Instances of a role on one host that count from 1: those of a slot, or all of them. */
interface InstanceSet {
  readonly slot: Slot | undefined;
  readonly port: number | undefined;
  /** Before the number, in names: "blue." where one host has both slots. */
  readonly prefix: string;
}

/** `own`: the slot that the host is in. A role that no proxy sends traffic to has none. */
function setsOf({ slots, traffic, port }: RoleEntry, own: Slot | undefined): readonly InstanceSet[] {
  if (slots) return SLOTS.map((slot) => ({ slot, port: slots[slot], prefix: `${slot}.` }));
  return [{ slot: traffic ? own : undefined, port, prefix: '' }];
}

interface Numbered extends InstanceSet {
  readonly number: number;
}

function resolveInstance(part: RolePart, host: HostSettings, set: Numbered): InstanceSettings {
  const { stage, role, entry } = part;
  const { slot, number } = set;
  const words = `${set.prefix}${number}`;
  const name = `${role}.${words}`;
  const folder = posix.join(host.deployTo, 'instances', name);
  // Ports that ran out have been told by now; what is built on them would only repeat it.
  const port = set.port === undefined ? undefined : Math.min(set.port + number - 1, 65535);
  const values: Values = {
    app: stage.app,
    stage: stage.name,
    host: host.name,
    role,
    instance: words,
    ...(slot === undefined ? {} : { slot }),
    ...(port === undefined ? {} : { port: String(port) }),
  };
  const withCurrent = { ...values, current: posix.join(folder, 'current') };
  const instance: InstancePart = {
    ...part,
    folder,
    fill: (path, text) => {
      const mayHoldCurrent = path.at(-1) === 'pidFile';
      return fill(text, mayHoldCurrent ? withCurrent : values, (message) => stage.mistake(path, message));
    },
    fillCommand: (path, text) => fill(text, inShell(withCurrent), (message) => stage.mistake(path, message)),
  };
  return {
    id: `${name}@${host.name}`,
    name,
    role,
    slot,
    number,
    host: host.name,
    port,
    exclusive: entry.exclusive ?? false,
    service: resolveService(instance),
    health: resolveHealth(instance),
    log: resolveLog(instance),
    metrics: resolveMetrics(instance),
  };
}

function resolveService(part: InstancePart): ServiceSettings {
  const path = ['roles', part.role, 'service'];
  const entry = part.entry.service;
  if (!entry) return { type: 'files' };
  const kind = kindOf(entry, SERVICE_KINDS, { path, mistake: part.stage.mistake });
  if (kind === 'systemd') {
    return {
      type: 'systemd',
      unit: part.fill([...path, 'systemd'], entry.systemd!),
      scope: entry.scope ?? DEFAULTS.scope,
    };
  }
  if (kind === 'command') return commandService(part, path, entry);
  if (Object.keys(entry).length === 0) {
    part.stage.mistake(path, 'needs "systemd", or "start", "stop" and "status". For files only, leave "service" out.');
  }
  return { type: 'files' };
}

function commandService(part: InstancePart, path: Path, entry: ServiceEntry): ServiceSettings {
  const command = (key: 'start' | 'stop' | 'status') => part.fillCommand([...path, key], entry[key]!);
  const pidFile = entry.pidFile === undefined ? undefined : part.fill([...path, 'pidFile'], entry.pidFile);
  return {
    type: 'command',
    start: command('start'),
    stop: command('stop'),
    status: command('status'),
    pidFile: pidFile === undefined ? undefined : posix.resolve(part.folder, pidFile),
  };
}
