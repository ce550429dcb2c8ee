import { machineOf } from './address.ts';
import type { Path } from './json.ts';
import type { Mistakes } from './mistakes.ts';
import { quoted } from './quoted.ts';
import type { HostSettings, InstanceSettings, Settings } from './settings.ts';
import type { Stage } from './stage.ts';

/** A stage and what became of it. */
export interface Resolved {
  readonly stage: Stage;
  readonly settings: Settings;
}

/** Something on a machine that can have one owner only. */
interface Claim {
  readonly key: string;
  readonly place: Path;
  /** "the unit greeter@1.service on 203.0.113.10:22" */
  readonly what: string;
  readonly owner: Owner;
  mend(missing: Distinction): string;
}

interface Owner {
  readonly stage: string;
  readonly host: string;
  readonly role?: string;
  readonly instance?: string;
}

/** What two owners differ in, and so what the setting lacks. */
type Distinction = keyof Owner;

/** Two stages on one machine are normal and must be told apart: folders, units, ports and pid files have one owner each. */
export function checkCollisions(stages: readonly Resolved[], mistakes: Mistakes): void {
  const claims = new Map<string, Claim>();
  const told = new Set<string>();
  for (const claim of stages.flatMap(claimsOf)) {
    const first = claims.get(claim.key);
    if (!first) {
      claims.set(claim.key, claim);
      continue;
    }
    // Fifty instances of a role that all want one unit are one mistake.
    const mend = claim.mend(distinctionOf(first.owner, claim.owner));
    const pair = JSON.stringify([first.place, claim.place, mend]);
    if (told.has(pair)) continue;
    told.add(pair);
    const other = `${nameOf(first.owner)} (${mistakes.placeOf(first.place)})`;
    mistakes.at(claim.place, `${nameOf(claim.owner)} wants ${claim.what}, which ${other} has. ${mend}`);
  }
}

function distinctionOf(one: Owner, other: Owner): Distinction {
  const order = ['stage', 'host', 'role', 'instance'] as const;
  return order.find((each) => one[each] !== other[each]) ?? 'instance';
}

function nameOf({ stage, host, instance }: Owner): string {
  return instance === undefined ? `host "${host}" of stage "${stage}"` : `${instance} of stage "${stage}"`;
}

function claimsOf({ stage, settings }: Resolved): Claim[] {
  return settings.hosts.flatMap((host, index) => {
    const place = stage.written(['hosts', index]);
    const owner = { stage: settings.stage, host: host.name };
    const machine = machineOf(host.address);
    const folder: Claim = {
      key: `folder ${machine} ${host.deployTo}`,
      place: [...place, 'address'],
      what: `the folder ${quoted(host.deployTo)} on ${machine}`,
      owner,
      mend: (missing) => `A folder belongs to one host of one stage: put {${missing}} into "deployTo".`,
    };
    const instances = settings.instances.filter((instance) => instance.host === host.name);
    return [folder, ...instances.flatMap((instance) => instanceClaims(instance, { host, place, owner }))];
  });
}

interface Site {
  readonly host: HostSettings;
  readonly place: Path;
  readonly owner: Owner;
}

function instanceClaims(instance: InstanceSettings, site: Site): Claim[] {
  const { service, port } = instance;
  const machine = machineOf(site.host.address);
  const claim = (kind: string, name: string, mend: Claim['mend']): Claim => ({
    key: `${kind} ${machine} ${name}`,
    place: [...site.place, 'roles', instance.role],
    what: `the ${kind} ${kind === 'pid file' ? quoted(name) : name} on ${machine}`,
    owner: { ...site.owner, role: instance.role, instance: instance.id },
    mend,
  });
  const claims: Claim[] = [];
  if (service.type === 'systemd') {
    const unit = service.unit.endsWith('.service') ? service.unit : `${service.unit}.service`;
    const whose =
      service.scope === 'user' ? `${unit} of user ${site.host.address.user ?? '(from ~/.ssh/config)'}` : unit;
    claims.push(claim('unit', whose, (missing) => `Put {${missing}} into "systemd".`));
  }
  if (service.type === 'command' && service.pidFile !== undefined) {
    claims.push(claim('pid file', service.pidFile, (missing) => `Put {${missing}} into "pidFile".`));
  }
  if (port !== undefined) claims.push(claim('port', String(port), () => 'Give one of the two another "port".'));
  return claims;
}
