import { list, plural } from '../../base/text.ts';
import { type Check, checksOf } from '../diagnosis.ts';
import type { Here } from './here.ts';

const rights = checksOf('rights');

/** What is there of the rights that the host script has tried; what is missing are its findings. */
export function checkRights({ state, instances, proxies }: Here): readonly Check[] {
  const { user } = state;
  const units = unitsOf({ state, instances });
  const own = units.filter(({ scope }) => scope === 'user');
  const system = units.filter(({ scope }) => scope === 'system');
  const lacks = (kind: string) => state.findings.some((one) => one.kind === kind);
  return [
    ...(system.length > 0 && !lacks('sudo') ? [rights.ok(`${user} may restart and stop ${names(system)}`)] : []),
    ...(system.length > 0 && !lacks('journal') ? [rights.ok(`${user} may read the journal of ${names(system)}`)] : []),
    ...(own.length > 0
      ? [rights.ok(`${names(own)} ${own.length === 1 ? 'is' : 'are'} of ${user}, who needs no further right`)]
      : []),
    ...(proxies.length > 0 && !lacks('socket') && !lacks('level') && !lacks('proxy')
      ? [rights.ok(`${user} may direct the traffic of HAProxy`)]
      : []),
    ...(instances.every(({ service }) => service.type !== 'systemd') && proxies.length === 0
      ? [rights.ok(`${user} needs no right but to write to the folder`)]
      : []),
  ];
}

interface Unit {
  readonly unit: string;
  readonly scope: 'system' | 'user';
}

/** Units that are there: of others no right can be tried. */
function unitsOf({ state, instances }: Pick<Here, 'state' | 'instances'>): readonly Unit[] {
  const absent = new Set(state.instances.filter(({ service }) => service.status === 'none').map(({ id }) => id));
  return instances.flatMap(({ id, service }) => (service.type === 'systemd' && !absent.has(id) ? [service] : []));
}

const NAMED = 4;

function names(units: readonly Unit[]): string {
  if (units.length <= NAMED) return list(units.map(({ unit }) => unit));
  return list([...units.slice(0, NAMED - 1).map(({ unit }) => unit), plural(units.length - NAMED + 1, 'other unit')]);
}
