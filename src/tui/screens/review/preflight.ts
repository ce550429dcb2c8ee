import { formatBytes } from '../../../base/bytes.ts';
import type { HostState } from '../../../host/state.ts';
import { driftWords } from '../../../rollout/drift.ts';
import { describeLock } from '../../../rollout/lock-words.ts';
import type { Plan } from '../../../rollout/plan.ts';
import type { Fleet } from '../../../rollout/session.ts';
import type { UiState } from '../../state.ts';
import { complaints, allLines } from '../fleet/select.ts';

/** Something to know before it starts; `missing` may well stop it. */
export interface Check {
  readonly host: string;
  readonly severity: 'missing' | 'warning';
  readonly what: string;
  readonly mend: string | undefined;
}

/** Room for so many releases like this one is enough not to speak of it. */
const ENOUGH = 3;

/** What stands in the way on the hosts of a plan, as they were read last; undefined when they never were. */
export function preflight(state: UiState, plan: Plan): readonly Check[] | undefined {
  const { fleet } = state.fleet;
  if (!fleet) return undefined;
  const planned = new Set([...plan.hosts, ...plan.instances].map(({ host }) => host));
  const checks = [
    ...complaints(allLines(state)),
    ...readHosts(fleet).flatMap((host) => [...lockCheck(host), ...diskCheck(host, plan)]),
    ...driftChecks(fleet),
  ];
  return checks.filter(({ host }) => planned.has(host));
}

function readHosts({ hosts }: Fleet): readonly HostState[] {
  return hosts.flatMap((reading) => (reading.type === 'read' ? [reading.state] : []));
}

function lockCheck({ host, lock }: HostState): readonly Check[] {
  return lock ? [{ host, severity: 'missing', what: `locked by ${describeLock(lock)}`, mend: undefined }] : [];
}

/** Planning refuses what has no room at all; this is about what has hardly any. */
function diskCheck({ host, disk }: HostState, { release }: Plan): readonly Check[] {
  const { freeBytes, freeInodes = 0 } = disk;
  const isLow = freeBytes !== undefined && freeBytes < ENOUGH * release.bytes;
  // a file system that makes inodes as it needs them says it has none
  const isFull = freeInodes > 0 && freeInodes < ENOUGH * release.files;
  if (!isLow && !isFull) return [];
  const free = isLow ? `${formatBytes(freeBytes)} are free` : `${freeInodes} more files are possible`;
  const takes = isLow ? formatBytes(release.bytes) : `${release.files} files`;
  return [{ host, severity: 'warning', what: `the disk is short: ${free}, a release takes ${takes}`, mend: undefined }];
}

function driftChecks({ drift }: Fleet): readonly Check[] {
  return drift.map((one) => ({
    host: one.host,
    severity: 'warning',
    what: driftWords(one),
    mend: undefined,
  }));
}
