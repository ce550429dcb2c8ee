import type { InstanceSettings } from '../config/settings.ts';
import type { HostState } from '../host/state.ts';
import { reviveLeftover } from '../service/leftover.ts';

/** Instances that hosts.json does not want any more: those that can be stopped, and a word on those that cannot. */
export interface Leftovers {
  readonly revived: readonly InstanceSettings[];
  readonly warnings: readonly string[];
}

export function leftoversOf(states: readonly HostState[]): Leftovers {
  const found = states.flatMap(({ host, leftovers }) =>
    leftovers.map((leftover) => ({ id: `${leftover.name}@${host}`, instance: reviveLeftover(host, leftover) })),
  );
  return {
    revived: found.flatMap(({ instance }) => instance ?? []),
    warnings: found
      .filter(({ instance }) => !instance)
      .map(
        ({ id }) => `${id} is on the host but not in hosts.json, and nothing tells how to stop it: it is left alone.`,
      ),
  };
}
