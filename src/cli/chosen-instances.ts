import { UserError } from '../base/errors.ts';
import { hostOf, instanceOf } from '../logs/names.ts';
import type { StageSession } from '../rollout/session.ts';
import { unknownName } from '../rollout/unknown-name.ts';

/** What `--host` and `--instance` say. */
export interface Choice {
  readonly host?: readonly string[];
  /** Ids, or names of instances on whatever host. */
  readonly instance?: readonly string[];
}

/** Ids of the instances that are on one of the hosts and are one of the instances; all where nothing is said. */
export function chosenInstances(
  { stage, hosts, instances }: Pick<StageSession, 'stage' | 'hosts' | 'instances'>,
  { host, instance }: Choice,
): readonly string[] {
  const isNamed = (id: string, name: string) => id === name || instanceOf(id) === name;
  for (const name of host ?? [])
    if (!hosts.includes(name)) throw unknownName({ what: 'host', name, stage, known: hosts });
  for (const name of instance ?? [])
    if (!instances.some((id) => isNamed(id, name)))
      throw unknownName({ what: 'instance', name, stage, known: instances });
  const chosen = instances.filter(
    (id) => (host?.includes(hostOf(id)) ?? true) && (instance?.some((name) => isNamed(id, name)) ?? true),
  );
  if (chosen.length > 0) return chosen;
  throw new UserError({
    code: 'SLIP_INSTANCE_UNKNOWN',
    message: `No instance of ${stage} is both --instance and --host.`,
    mend: 'Leave one of them out.',
  });
}
