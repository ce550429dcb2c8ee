import type { Settings } from '../config/settings.ts';
import { checkClock, checkConnection, checkUnread } from './doctor/check-connection.ts';
import { checkDrift } from './doctor/check-drift.ts';
import { checkFindings } from './doctor/check-findings.ts';
import { checkFolder } from './doctor/check-folder.ts';
import { checkHealth } from './doctor/check-health.ts';
import { checkLock } from './doctor/check-lock.ts';
import { checkDisk, checkTools } from './doctor/check-machine.ts';
import { checkRights } from './doctor/check-rights.ts';
import { checkService } from './doctor/check-service.ts';
import { type Check, type Diagnosis, inOrder } from './diagnosis.ts';
import type { Examined, ExaminedHost } from './doctor/examined.ts';
import { mergeFleet } from './fleet.ts';
import { type Here, hereOf } from './doctor/here.ts';
import type { Fleet, HostReading } from './session.ts';
import { readSlots, withTraffic } from './slots.ts';

/** What the hosts of a stage say, explained: each finding with its mend, and what is well beside it. Pure. */
export function diagnosisOf(settings: Settings, examined: readonly Examined[]): Diagnosis {
  const states = withTraffic(
    settings,
    examined.flatMap((one) => (one.type === 'read' ? [one.state] : [])),
  );
  const told = examined.map((one): Examined =>
    one.type === 'read' ? { ...one, state: states.find(({ host }) => host === one.host)! } : one,
  );
  const fleet = mergeFleet(
    told.map(readingOf),
    settings.instances.map(({ id }) => id),
  );
  const slots = readSlots(settings, states);
  const checksFor = (one: Examined) =>
    one.type === 'read' ? checkHost(one, hereOf(settings, one.state, slots), fleet) : checkUnread(one);
  return { hosts: told.map((one) => ({ host: one.host, checks: inOrder(checksFor(one)) })) };
}

function readingOf(one: Examined): HostReading {
  if (one.type === 'read') return { type: 'read', host: one.host, state: one.state };
  const { message, mend } = one.error;
  return { type: 'unreachable', host: one.host, reason: message, mend };
}

function checkHost(examined: ExaminedHost, here: Here, fleet: Fleet): readonly Check[] {
  const { state, trip } = examined;
  return [
    ...checkConnection(examined),
    ...checkClock(trip),
    ...checkFindings(state.findings),
    ...checkDisk(state, here.host.deployTo),
    ...checkTools(state, here.instances),
    ...checkRights(here),
    ...checkFolder(here),
    ...checkService(here),
    ...checkHealth(here),
    ...checkLock(examined, here.settings.stage),
    ...checkDrift(here, fleet),
  ];
}
