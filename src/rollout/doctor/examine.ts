import { SlipwayError } from '../../base/errors.ts';
import type { Way } from '../../ssh/way.ts';
import type { HostState } from '../../host/state.ts';
import type { Diagnosis } from '../diagnosis.ts';
import { diagnosisOf } from '../doctor.ts';
import type { Examined, RoundTrip } from './examined.ts';
import { isDeadHere } from '../owner.ts';
import { readHost, type Stage } from '../stage.ts';

/** Looks at all hosts at once, changes nothing, and explains what it finds. `wayTo`: how a host is reached now. */
export async function diagnose(stage: Stage, wayTo: (host: string) => Way | undefined): Promise<Diagnosis> {
  const hosts = stage.settings.hosts.map(({ name }) => examine(stage, name, wayTo));
  return diagnosisOf(stage.settings, await Promise.all(hosts));
}

async function examine(stage: Stage, host: string, wayTo: (host: string) => Way | undefined): Promise<Examined> {
  try {
    const { state } = await readHost(stage, host, { depth: 'rights' });
    const trip = await timeTrip(stage, host);
    return { type: 'read', host, way: wayTo(host), state, trip, owner: isGone(state) ? 'gone' : 'unknown' };
  } catch (thrown) {
    if (!(thrown instanceof SlipwayError)) throw thrown;
    return { type: 'unread', host, way: wayTo(host), error: thrown };
  }
}

function isGone({ lock }: HostState): boolean {
  return lock?.owner !== undefined && isDeadHere(lock.owner);
}

/** The connection is there by now, and the shell waits: nothing else is in that time. */
async function timeTrip({ clients, clock }: Stage, host: string): Promise<RoundTrip | undefined> {
  try {
    const asked = clock.now();
    const time = await clients.get(host)!.time();
    const answered = clock.now();
    return { ms: answered - asked, ahead: time === undefined ? undefined : time - (asked + answered) / 2 };
  } catch (thrown) {
    if (!(thrown instanceof SlipwayError)) throw thrown;
    return undefined;
  }
}
