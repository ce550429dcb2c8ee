import { columns } from '../../base/columns.ts';
import { asSlipwayError } from '../../base/errors.ts';
import type { HistoryRecord } from '../../host/records.ts';
import { readAudit } from '../../rollout/read-audit.ts';
import { type CliContext, say, sayJson, warn } from '../context.ts';
import { openStage } from '../open.ts';
import type { ListFlags } from './status.ts';

const LAST = 50;

/** The audit trail of all hosts, as one. */
export async function history(context: CliContext, stage: string, flags: ListFlags): Promise<number> {
  const session = await openStage(context, stage, flags);
  try {
    const { records, failed } = await readAudit(session.clients, LAST);
    if (failed[0] && failed.length === session.clients.size) throw failed[0].thrown;
    if (flags.json) records.forEach((record) => sayJson(context, { v: 1, ...record }));
    else historyLines(records).forEach((line) => say(context, line));
    failed.forEach(({ host, thrown }) => warn(context, `${host}: ${asSlipwayError(thrown).message}`));
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
