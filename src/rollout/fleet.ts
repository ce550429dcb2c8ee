import {
  type HostState,
  type InstanceState,
  type LockState,
  type ReleaseRecord,
  type ReleaseStatus,
  wasGood,
} from '../host/state.ts';
import { driftsIn } from './drift.ts';
import { isManual } from './lock-words.ts';
import type { Fleet, FleetRelease, HostReading } from './session.ts';

/** What all hosts say, as one: releases merged, newest first. `wanted`: every instance of hosts.json. Pure. */
export function mergeFleet(hosts: readonly HostReading[], wanted: readonly string[]): Fleet {
  const states = statesOf(hosts);
  const releases = mergeReleases(states);
  const release = stageRelease(releases)?.id;
  // while a rollout has the stage, differences are its progress
  const drift = rolloutLock(states) ? [] : driftsIn(states, { release, releases, wanted });
  return { hosts, releases, release, drift };
}

/** The lock of a rollout on any of the hosts; what a person has locked by hand is another matter. */
export function rolloutLock(
  states: readonly HostState[],
): { readonly host: string; readonly lock: LockState } | undefined {
  const held = states.flatMap(({ host, lock }) => (lock ? [{ host, lock }] : []));
  return held.find(({ lock }) => !isManual(lock.owner?.rollout));
}

export function statesOf(hosts: readonly HostReading[]): readonly HostState[] {
  return hosts.flatMap((reading) => (reading.type === 'read' ? [reading.state] : []));
}

export function instancesOf(states: readonly HostState[]): readonly InstanceState[] {
  return states.flatMap((state) => state.instances);
}

/** Bad anywhere is bad; good anywhere is good; ordered by sequence, never by a clock. */
export function mergeReleases(states: readonly HostState[]): readonly FleetRelease[] {
  const records = states.flatMap((state) => state.releases.map((record) => ({ record, host: state.host })));
  const ids = [...new Set(records.map(({ record }) => record.id))];
  const merged = ids.map((id) => {
    const held = records.filter(({ record }) => record.id === id);
    return mergeOne(held, instancesOf(states));
  });
  const newestFirst = merged.sort((a, b) => b.sequence - a.sequence || (a.id < b.id ? 1 : -1));
  return newestFirst.map((release) => ({ ...release, notATarget: notATarget(release, states, newestFirst) }));
}

interface Held {
  readonly record: ReleaseRecord;
  readonly host: string;
}

function mergeOne(held: readonly Held[], instances: readonly InstanceState[]): FleetRelease {
  const { record } = held[0]!;
  return {
    ...record,
    status: strongest(held.map((one) => one.record.status)),
    sequence: Math.max(...held.map((one) => one.record.sequence)),
    bad: held.find((one) => one.record.bad !== undefined)?.record.bad,
    irreversible: held.find((one) => one.record.irreversible !== undefined)?.record.irreversible,
    kept: held.some((one) => one.record.kept),
    present: held.some((one) => one.record.present),
    on: held.filter((one) => one.record.present && one.record.status !== 'preparing').map((one) => one.host),
    live: instances.filter((one) => serves(one) && one.current === record.id).map(({ id }) => id),
    notATarget: undefined,
  };
}

/** What idles beside a slot that takes the traffic is live to nobody. */
function serves({ traffic }: InstanceState): boolean {
  return traffic !== 'idle';
}

const STRENGTH: readonly ReleaseStatus[] = ['left', 'good', 'failed', 'ready', 'preparing'];

function strongest(statuses: readonly ReleaseStatus[]): ReleaseStatus {
  return STRENGTH.find((status) => statuses.includes(status)) ?? 'preparing';
}

/** Why a release cannot be rolled back to; undefined when it can. */
function notATarget(
  release: FleetRelease,
  states: readonly HostState[],
  newestFirst: readonly FleetRelease[],
): string | undefined {
  const live = liveRelease(newestFirst);
  if (release.bad !== undefined) return `marked bad: ${release.bad}`;
  if (release.status === 'failed') return 'its rollout failed';
  if (!wasGood(release.status)) return 'it never finished a rollout';
  const runsEverywhere = instancesOf(states)
    .filter(serves)
    .every((instance) => instance.current === release.id);
  if (release === live && runsEverywhere) return 'it is live';
  const lacking = states.filter((state) => !release.on.includes(state.host)).map((state) => state.host);
  if (lacking.length > 0) return `its files are not on ${lacking.join(', ')}`;
  return undefined;
}

/** The newest release that any instance's link points at. */
export function liveRelease(newestFirst: readonly FleetRelease[]): FleetRelease | undefined {
  return newestFirst.find((release) => release.live.length > 0);
}

/** The release that the stage is on: the newest good one that any link points at; else the newest good one. */
export function stageRelease(newestFirst: readonly FleetRelease[]): FleetRelease | undefined {
  const good = newestFirst.filter(({ status, bad }) => status === 'good' && bad === undefined);
  return good.find(({ live }) => live.length > 0) ?? good[0];
}

/** Where a rollback goes when nobody says: the newest good release before the live one. */
export function rollbackTarget(newestFirst: readonly FleetRelease[]): FleetRelease | undefined {
  const live = liveRelease(newestFirst);
  return newestFirst.find(
    (release) =>
      release.notATarget === undefined &&
      release.status === 'good' &&
      release !== live &&
      release.sequence < (live?.sequence ?? Infinity),
  );
}
