import { alertWords } from '../../analysis/alert-words.ts';
import type { AlertEvent } from '../../analysis/alerts.ts';
import type { Lookout } from '../../analysis/lookout.ts';
import type { Vitals } from '../../analysis/vitals.ts';
import { diskWords } from './watch.ts';

/** What is otherwise now than it was: all of it the first time. Numbers that only move are no change. */
export function spokenChanges(before: Lookout | undefined, now: Lookout): readonly string[] {
  const hosts = [...now.hosts].flatMap(([name, host]) => {
    const was = before?.hosts.get(name);
    if (host.heardAt === undefined) return [];
    if (was?.trouble !== undefined && host.trouble === undefined) return [`${name} tells again: ${diskWords(host)}`];
    return was?.heardAt === undefined ? [`${name}: ${diskWords(host)}`] : [];
  });
  const instances = now.settings.instances.flatMap(({ id }) => {
    const latest = now.vitals.instances.get(id)?.latest;
    const was = before?.vitals.instances.get(id)?.latest;
    if (!latest || (was && stateWords(was) === stateWords(latest) && was.restarts === latest.restarts)) return [];
    const again = was && latest.restarts > was.restarts ? ', and has started again' : '';
    return [`${id} is ${stateWords(latest)}${again}`];
  });
  return [...hosts, ...instances];
}

export function spokenEvent(event: AlertEvent): string {
  return `${event.type === 'tripped' ? 'Alert' : 'Over'}: ${alertWords(event)}`;
}

function stateWords({ status, healthy }: Vitals): string {
  const state = status === 'none' ? 'there' : status;
  if (healthy === undefined) return state;
  return `${state} and ${healthy ? 'healthy' : 'not healthy'}`;
}
