import { UserError } from '../base/errors.ts';
import type { HostState } from '../host/state.ts';
import type { Plan } from './plan.ts';
import { readHost, type Stage } from './stage.ts';
import { unknownName } from './unknown-name.ts';

/** The hosts that a rollout is for: all, or those of `--only`, in the order of hosts.json. */
export function targets({ settings }: Stage, only: readonly string[] | undefined): readonly string[] {
  const names = settings.hosts.map((host) => host.name);
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown !== undefined) throw unknownName({ what: 'host', name: unknown, stage: settings.stage, known: names });
  if (only && only.length < names.length && settings.proxies.length > 0) {
    throw new UserError({
      code: 'SLIP_ONLY_SLOTS',
      message: `${settings.stage} has slots: their traffic is switched on all hosts at once, or on none.`,
      mend: 'Leave --only out.',
    });
  }
  return only ? names.filter((name) => only.includes(name)) : names;
}

/** The hosts that a plan is for, as far as hosts.json still has them, in the order of hosts.json. */
export function plannedHosts({ hosts }: Pick<Plan, 'hosts'>, names: readonly string[]): readonly string[] {
  const named = new Set(hosts.map(({ host }) => host));
  return names.filter((name) => named.has(name));
}

/** Hosts that are left out (--only): what they say, and which say nothing. */
export interface Beside {
  readonly states: readonly HostState[];
  readonly unknown: readonly string[];
}

export async function readOthers(stage: Stage, hosts: readonly string[]): Promise<Beside> {
  const others = stage.settings.hosts.map((host) => host.name).filter((name) => !hosts.includes(name));
  const readings = await Promise.allSettled(others.map((host) => readHost(stage, host, { depth: 'look' })));
  return {
    states: readings.flatMap((one) => (one.status === 'fulfilled' ? [one.value.state] : [])),
    unknown: others.filter((_, index) => readings[index]!.status === 'rejected'),
  };
}

/** What is to be said of hosts that are left out and do not answer. */
export function unknownWarnings({ unknown }: Beside): readonly string[] {
  return unknown.map((host) => `${host} is left out and does not answer: what is out there does not count.`);
}
