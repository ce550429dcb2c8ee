import type { AlertEvent } from '../../analysis/alerts.ts';
import { type HostVitals, usedShare } from '../../analysis/lookout.ts';
import type { Vitals } from '../../analysis/vitals.ts';

/** What programs read of a stage that is watched; times are UTC, shares 0 to 1, what is unknown is null. */
export interface WatchedPlace {
  readonly stage: string;
  readonly host: string;
}

export function sampleFacts({ stage, host }: WatchedPlace, instance: string, latest: Vitals) {
  const { heardAt, status, detail, healthy, latencyMs, restarts, cpuShare, memory, memoryLimit } = latest;
  return {
    ...{ v: 1, type: 'sample', stage, at: at(heardAt), host, instance, status, detail, restarts },
    healthy: healthy ?? null,
    latencyMs: latencyMs ?? null,
    cpu: cpuShare ?? null,
    memory: memory ?? null,
    memoryLimit: memoryLimit ?? null,
    errorsPerMinute: latest.errorsPerMinute ?? null,
    workPerSecond: latest.workPerSecond ?? null,
  };
}

export function hostFacts({ stage, host }: WatchedPlace, { heardAt, listenedAt, disk }: HostVitals) {
  const told = disk && { ...disk, inodes: disk.inodes ?? null, usedShare: usedShare(disk) };
  return { v: 1, type: 'host', stage, at: at(heardAt ?? listenedAt), host, disk: told ?? null };
}

export function alertFacts(stage: string, { type, subject, t, since, ...rest }: AlertEvent) {
  return { v: 1, type: 'alert', stage, at: at(t), event: type, ...subject, ...rest, since: at(since) };
}

function at(ms: number): string {
  return new Date(ms).toISOString();
}
