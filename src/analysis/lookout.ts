import type { AlertSettings } from '../config/settings-alerts.ts';
import { type AlertEvent, type AlertsState, noAlerts, type Reading, takeReading } from './alerts.ts';
import type { DiskUse, Sample } from './sample.ts';
import {
  type InstanceVitals,
  initialVitals,
  takeVitals,
  type Vitals,
  VITALS_EVERY_MS,
  VITALS_POINTS,
  type VitalsState,
} from './vitals.ts';

/** What somebody who watches a stage knows: how its instances and hosts are, and which alerts stand. */
export interface Lookout {
  readonly settings: LookoutSettings;
  readonly vitals: VitalsState;
  readonly hosts: ReadonlyMap<string, HostVitals>;
  readonly alerts: AlertsState;
  /** When each restart was seen, of instances that had some; as far back as a rule counts them. */
  readonly restarts: ReadonlyMap<string, readonly number[]>;
}

export interface LookoutSettings {
  readonly everyMs: number;
  /** Every instance that is watched. */
  readonly instances: readonly WatchedInstance[];
  readonly alerts: AlertSettings;
}

export interface WatchedInstance {
  readonly id: string;
  readonly role: string;
  readonly host: string;
  /** One that is in a slot may be stopped on purpose. */
  readonly slot: string | undefined;
}

export interface HostVitals {
  /** Ms since 1970, by our clock: when it was listened to first, and heard last. */
  readonly listenedAt: number;
  readonly heardAt: number | undefined;
  /** Why it tells nothing; undefined while it does. */
  readonly trouble: string | undefined;
  readonly disk: DiskUse | undefined;
  /** Share of the disk that is used, oldest first: one for every sample. */
  readonly points: readonly (number | undefined)[];
}

export interface Seen {
  readonly lookout: Lookout;
  readonly events: readonly AlertEvent[];
}

/** Looks at nothing yet; `now` by our clock. */
export function beginLookout(
  settings: Omit<LookoutSettings, 'everyMs'> & { readonly everyMs?: number },
  now: number,
): Lookout {
  const { everyMs = VITALS_EVERY_MS } = settings;
  const silent = { listenedAt: now, heardAt: undefined, trouble: undefined, disk: undefined, points: [] };
  return {
    settings: { ...settings, everyMs },
    vitals: initialVitals(everyMs),
    hosts: new Map(settings.instances.map(({ host }) => [host, silent])),
    alerts: noAlerts(everyMs),
    restarts: new Map(),
  };
}

export interface HeardOfHost {
  readonly host: string;
  readonly samples: readonly Sample[];
  readonly disk: DiskUse | undefined;
  readonly now: number;
}

/** Takes what a host told of itself and its instances. */
export function hearHost(lookout: Lookout, { host, samples, disk, now }: HeardOfHost): Seen {
  const before = lookout.hosts.get(host);
  if (!before) return { lookout, events: [] };
  const known = samples.filter(({ instance }) => lookout.settings.instances.some(({ id }) => id === instance));
  const vitals = takeVitals(lookout.vitals, known, now);
  const points = [...before.points, usedShare(disk)].slice(-VITALS_POINTS);
  const heard: HostVitals = { ...before, heardAt: now, trouble: undefined, disk, points };
  const restarts = new Map(lookout.restarts);
  for (const { instance } of known) noteRestarts(restarts, instance, { lookout, vitals, now });
  const seen = { ...lookout, vitals, restarts, hosts: new Map(lookout.hosts).set(host, heard) };
  const readings = known.flatMap(({ instance }) => instanceReading(seen, instance, now) ?? []);
  return takeReadings(seen, [hostReading(seen, host, now), ...readings]);
}

export interface Trouble {
  readonly host: string;
  readonly reason: string;
  readonly now: number;
}

/** A host that tells nothing, or nothing any more. */
export function missHost(lookout: Lookout, { host, reason, now }: Trouble): Seen {
  const before = lookout.hosts.get(host);
  if (!before) return { lookout, events: [] };
  const seen = { ...lookout, hosts: new Map(lookout.hosts).set(host, { ...before, trouble: reason }) };
  return takeReadings(seen, [hostReading(seen, host, now)]);
}

/** Time goes by: call it as often as a sample is due. A host that is silent for long is told, though it says nothing. */
export function lookUp(lookout: Lookout, now: number): Seen {
  const silent = [...lookout.hosts.keys()].filter((host) => isSilent(lookout, host, now));
  return takeReadings(
    lookout,
    silent.map((host) => hostReading(lookout, host, now)),
  );
}

/** Share of a disk that is used, as df says it: of what is there for us. */
export function usedShare(disk: DiskUse | undefined): number | undefined {
  if (!disk) return undefined;
  const { usedBytes, freeBytes, inodes } = disk;
  const shares = [usedBytes / (usedBytes + freeBytes), ...(inodes ? [inodes.used / (inodes.used + inodes.free)] : [])];
  return Math.max(...shares.map((share) => (Number.isFinite(share) ? share : 0)));
}

function takeReadings(lookout: Lookout, readings: readonly Reading[]): Seen {
  const events: AlertEvent[] = [];
  const alerts = readings.reduce((state, reading) => {
    const told = takeReading(state, reading);
    events.push(...told.events);
    return told.state;
  }, lookout.alerts);
  return { lookout: { ...lookout, alerts }, events };
}

/** So many samples in a row may be late before a host counts as silent. */
const LATE_SAMPLES = 2;

function isSilent({ hosts, settings }: Lookout, host: string, now: number): boolean {
  const { listenedAt, heardAt, trouble } = hosts.get(host)!;
  return trouble !== undefined || now - (heardAt ?? listenedAt) > LATE_SAMPLES * settings.everyMs + 1000;
}

function hostReading(lookout: Lookout, host: string, now: number): Reading {
  const { disk } = lookout.hosts.get(host)!;
  const silent = isSilent(lookout, host, now);
  return {
    ...{ subject: { host }, rules: lookout.settings.alerts.hosts, t: now },
    values: { unreachable: silent ? 1 : 0, disk: silent ? undefined : usedShare(disk) },
  };
}

function instanceReading({ settings, vitals, restarts }: Lookout, id: string, now: number): Reading | undefined {
  const instance = settings.instances.find((one) => one.id === id);
  const found = vitals.instances.get(id);
  const rules = instance && settings.alerts.instances.get(instance.role);
  if (!found || !rules || rules.length === 0) return undefined;
  const { latest } = found;
  const within = rules.find(({ alert }) => alert === 'restarts')?.withinMs ?? 0;
  const values = {
    ...{ down: downNow(latest, instance), healthLatency: latest.latencyMs, cpu: latest.cpuShare },
    restarts: (restarts.get(id) ?? []).filter((at) => now - at <= within).length,
    memory: memoryFor(latest, rules),
    ...{ errors: latest.errorsPerMinute, work: latest.workPerSecond },
  };
  return { subject: { instance: id }, rules, t: now, values };
}

function memoryFor({ memory, memoryLimit }: Vitals, rules: Reading['rules']): number | undefined {
  const isShare = rules.some(({ alert, unit }) => alert === 'memory' && unit === 'share');
  if (!isShare || memory === undefined) return memory;
  return memoryLimit === undefined ? undefined : memory / memoryLimit;
}

/** 1: it does not run, or is not healthy. Files that nothing runs are as well as their health check says. */
function downNow({ status, healthy }: Vitals, { slot }: WatchedInstance): number | undefined {
  if (status === 'failed') return 1;
  // the slot that idles
  if (status === 'stopped') return slot === undefined ? 1 : undefined;
  if (healthy !== undefined) return healthy ? 0 : 1;
  return status === 'running' || status === 'none' ? 0 : undefined;
}

interface Comparing {
  readonly lookout: Lookout;
  readonly vitals: VitalsState;
  readonly now: number;
}

/** More than these are as bad. */
const MOST_RESTARTS = 1000;

function noteRestarts(restarts: Map<string, readonly number[]>, id: string, { lookout, vitals, now }: Comparing): void {
  const count = (of: InstanceVitals | undefined) => of?.latest.restarts ?? 0;
  const more = count(vitals.instances.get(id)) - count(lookout.vitals.instances.get(id));
  const longest = Math.max(0, ...rulesWithin(lookout));
  const kept = (restarts.get(id) ?? []).filter((at) => now - at <= longest);
  const all = [...kept, ...Array<number>(Math.min(MOST_RESTARTS, Math.max(0, more))).fill(now)].slice(-MOST_RESTARTS);
  if (all.length > 0) restarts.set(id, all);
  else restarts.delete(id);
}

function rulesWithin({ settings }: Lookout): readonly number[] {
  return [...settings.alerts.instances.values()].flatMap((rules) => rules.flatMap(({ withinMs }) => withinMs ?? []));
}
