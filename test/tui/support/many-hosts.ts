import type { Fleet, HostReading } from '../../../src/rollout/session.ts';
import { OLD } from './fleet.ts';

/** A fleet of these hosts, without releases to choose from. */
export function initialFleet(hosts: readonly HostReading[]): Fleet {
  return { hosts, releases: [], release: hosts.length === 0 ? undefined : OLD, drift: [] };
}
