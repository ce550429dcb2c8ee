import type { HostState, InstanceState, Leftover, LockState } from '../../../host/state.ts';
import { hostOf } from '../../../logs/names.ts';
import type { Drift } from '../../../rollout/drift.ts';
import type { HostReading } from '../../../rollout/session.ts';
import { rolloutLock, statesOf } from '../../../rollout/fleet.ts';
import type { UiState } from '../../state.ts';

/** A line of the Fleet screen that the cursor can stand on. */
export type FleetLine =
  | { readonly type: 'host'; readonly host: string; readonly reading: HostReading | undefined }
  | {
      readonly type: 'instance';
      /** `bot.1@fra-1` */
      readonly id: string;
      /** Undefined when nothing of it is on the host yet. */
      readonly found: InstanceState | undefined;
      readonly on: HostState;
    }
  /** On the host, but not in hosts.json any more. */
  | { readonly type: 'leftover'; readonly id: string; readonly leftover: Leftover; readonly on: HostState };

/** Hosts in the order of hosts.json, each with its instances: first the wanted ones, then what else is there. */
export function allLines(state: UiState): readonly FleetLine[] {
  if (!state.session) return [];
  const { hosts, instances } = state.session;
  const wantedOn = Map.groupBy(instances, hostOf);
  const readings = new Map(state.fleet.fleet?.hosts.map((one) => [one.host, one]));
  return hosts.flatMap((host): FleetLine[] => {
    const reading = readings.get(host);
    const head: FleetLine = { type: 'host', host, reading };
    if (reading?.type !== 'read') return [head];
    const on = reading.state;
    const found = new Map(on.instances.map((one) => [one.id, one]));
    const lines = (wantedOn.get(host) ?? []).map((id): FleetLine => {
      return { type: 'instance', id, on, found: found.get(id) };
    });
    const leftovers = on.leftovers.map((leftover): FleetLine => {
      return { type: 'leftover', id: `${leftover.name}@${host}`, leftover, on };
    });
    return [head, ...lines, ...leftovers];
  });
}

export function hostOfLine(line: FleetLine): string {
  return line.type === 'host' ? line.host : line.on.host;
}

/** The lock of the stage: the first host decides who has it. */
export function lockOf(state: UiState): LockState | undefined {
  for (const reading of state.fleet.fleet?.hosts ?? []) {
    if (reading.type === 'read' && reading.state.lock) return reading.state.lock;
  }
  return undefined;
}

/** How an instance differs from what the stage is on. */
export function driftOf(state: UiState, line: FleetLine | undefined): Drift | undefined {
  if (line === undefined || line.type === 'host') return undefined;
  return state.fleet.fleet?.drift.find(({ instance }) => instance === line.id);
}

/** The lock of a rollout that was not started here, as the hosts were read last. */
export function standingLock(state: UiState): LockState | undefined {
  return rolloutLock(statesOf(state.fleet.fleet?.hosts ?? []))?.lock;
}

/** What is to be said about the whole stage. */
export interface FleetSummary {
  readonly hosts: number;
  readonly unreachable: number;
  readonly instances: number;
  readonly healthy: number;
  readonly unhealthy: number;
  /** Releases that links point at, with how many instances each has; those that idle do not count. */
  readonly live: ReadonlyMap<string, number>;
}

export function summarise(lines: readonly FleetLine[]): FleetSummary {
  const live = new Map<string, number>();
  const hosts = lines.filter((line) => line.type === 'host');
  const instances = lines.filter((line) => line.type === 'instance');
  for (const { found } of instances) {
    if (found?.current && found.traffic !== 'idle') live.set(found.current, (live.get(found.current) ?? 0) + 1);
  }
  return {
    hosts: hosts.length,
    unreachable: hosts.filter((line) => line.reading?.type === 'unreachable').length,
    instances: instances.length,
    healthy: instances.filter((one) => one.found?.health?.healthy === true).length,
    unhealthy: instances.filter((one) => one.found?.health?.healthy === false).length,
    live,
  };
}

/** Something that a person should mend, and how. */
export interface Complaint {
  readonly host: string;
  readonly severity: 'missing' | 'warning';
  readonly what: string;
  readonly mend: string | undefined;
}

/** All that is wrong with the hosts themselves. */
export function complaints(lines: readonly FleetLine[]): readonly Complaint[] {
  return lines.flatMap((line): Complaint[] => {
    if (line.type !== 'host' || !line.reading) return [];
    const { host, reading } = line;
    if (reading.type === 'unreachable') {
      return reading.mend === undefined
        ? []
        : [{ host, severity: 'missing', what: 'cannot be reached', mend: reading.mend }];
    }
    const { notWritable, findings } = reading.state;
    const closed: Complaint[] =
      notWritable === undefined
        ? []
        : [{ host, severity: 'missing', what: `no right to write to ${notWritable}`, mend: undefined }];
    return [
      ...closed,
      ...findings.map(({ severity, what, mend }) => ({
        host,
        severity,
        what: severity === 'missing' ? `missing: ${what}` : what,
        mend,
      })),
    ];
  });
}
