import type { HistoryRecord } from '../host/records.ts';

/** What hosts remember of who changed what. */
export interface AuditTrail {
  /** Newest first. */
  readonly records: readonly HistoryRecord[];
  /** Hosts that could not be read, and why. */
  readonly failed: readonly { readonly host: string; readonly reason: string }[];
}

/** Hosts that took part tell the same story, so records are merged and doubles dropped; newest first. Pure. */
export function mergeRecords(records: readonly HistoryRecord[]): readonly HistoryRecord[] {
  const byStory = new Map(
    records.map((record) => [JSON.stringify([record.rollout, record.what, record.by, record.at]), record]),
  );
  return [...byStory.values()].sort((a, b) => b.at - a.at);
}
