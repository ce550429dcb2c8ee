import { columns } from '../../base/columns.ts';
import type { HistoryRecord } from '../../host/records.ts';
import { readAudit } from '../../rollout/read-audit.ts';
import { type CliContext, say } from '../context.ts';
import { openStage } from '../open.ts';
import type { ListFlags } from './status.ts';

const LAST = 50;

/** The audit trail of all hosts, as one. */
export async function history(context: CliContext, stage: string, flags: ListFlags): Promise<number> {
  const session = await openStage(context, stage, flags);
  try {
    const { records, failed } = await readAudit(session.clients, LAST);
    if (failed[0] && failed.length === session.clients.size) throw failed[0].thrown;
    if (flags.json) records.forEach((record) => say(context, JSON.stringify({ v: 1, ...record })));
    else historyLines(records).forEach((line) => say(context, line));
    failed.forEach(({ host, thrown }) => context.stderr.write(`! ${host}: ${String(thrown)}\n`));
    return failed.length > 0 ? 3 : 0;
  } finally {
    await session.close();
  }
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
