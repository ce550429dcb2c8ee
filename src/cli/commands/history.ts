import { columns } from '../../base/columns.ts';
import type { HistoryRecord } from '../../host/records.ts';
import { type CliContext, say } from '../context.ts';
import { openStage } from '../open.ts';
import type { ListFlags } from './status.ts';

const LAST = 50;

/** The audit trail: hosts that took part tell the same story, so records are merged and doubles dropped. */
export async function history(context: CliContext, stage: string, flags: ListFlags): Promise<number> {
  const session = await openStage(context, stage, flags);
  try {
    const told = await Promise.allSettled([...session.clients.values()].map((host) => host.history(LAST)));
    const read = told.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const failed = told.find((result) => result.status === 'rejected');
    if (read.length === 0 && failed) throw failed.reason;
    const records = merge(read.flat());
    if (flags.json) records.forEach((record) => say(context, JSON.stringify({ v: 1, ...record })));
    else historyLines(records).forEach((line) => say(context, line));
    told.forEach((result, index) => {
      const host = [...session.clients.keys()][index] ?? '';
      if (result.status === 'rejected') context.stderr.write(`! ${host}: ${String(result.reason)}\n`);
    });
    return failed ? 3 : 0;
  } finally {
    await session.close();
  }
}

function merge(records: readonly HistoryRecord[]): readonly HistoryRecord[] {
  const byStory = new Map(
    records.map((record) => [JSON.stringify([record.rollout, record.what, record.by, record.at]), record]),
  );
  return [...byStory.values()].sort((a, b) => b.at - a.at);
}

function historyLines(records: readonly HistoryRecord[]): readonly string[] {
  if (records.length === 0) return ['Nothing has been changed yet.'];
  const rows = records.map(({ at, by, what, release, outcome, why }) => [
    new Date(at).toISOString().replace(/\.\d+Z$/, 'Z'),
    by,
    what,
    release ?? '',
    outcome,
    why ?? '',
  ]);
  return columns([['WHEN', 'WHO', 'WHAT', 'RELEASE', 'OUTCOME', 'WHY'], ...rows]);
}
