import { SlipwayError } from '../base/errors.ts';
import type { HistoryRecord } from '../host/records.ts';
import type { HostClient } from '../host/verbs.ts';
import { type AuditTrail, mergeRecords } from './audit.ts';

/** The audit trails of hosts as one, and what became of hosts that did not answer. */
export interface ReadAudit {
  /** Newest first. Beyond the newest `count`, some may be missing: each host tells no more of its own. */
  readonly records: readonly HistoryRecord[];
  readonly failed: readonly { readonly host: string; readonly thrown: unknown }[];
}

/** Asks every host for its last `count` records. */
export async function readAudit(clients: ReadonlyMap<string, HostClient>, count: number): Promise<ReadAudit> {
  const hosts = [...clients];
  const told = await Promise.allSettled(hosts.map(([, client]) => client.history(count)));
  return {
    records: mergeRecords(told.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))),
    failed: told.flatMap((one, index) =>
      one.status === 'rejected' ? [{ host: hosts[index]![0], thrown: one.reason as unknown }] : [],
    ),
  };
}

/** The last `limit` records of all hosts together. A host that cannot be reached is part of the answer, not an error. */
export async function lastRecords(clients: ReadonlyMap<string, HostClient>, limit: number): Promise<AuditTrail> {
  const { records, failed } = await readAudit(clients, limit);
  return {
    records: records.slice(0, limit),
    failed: failed.map(({ host, thrown }) => ({ host, reason: why(thrown) })),
  };
}

function why(thrown: unknown): string {
  if (thrown instanceof SlipwayError) return thrown.message;
  throw thrown;
}
