import { columns } from '../../base/columns.ts';
import { asSlipwayError } from '../../base/errors.ts';
import type { HistoryRecord } from '../../host/records.ts';
import { readAudit } from '../../rollout/read-audit.ts';
import { type CliContext, sayJson, speak, warn } from '../context.ts';
import { openStage } from '../open.ts';
import type { StageHosts } from '../../rollout/open-session.ts';
import { historySentences } from '../report/plain-history.ts';
import type { ListFlags } from './status.ts';

const LAST = 50;

/** The audit trail of all hosts, as one. */
export async function history(context: CliContext, stage: string, flags: ListFlags): Promise<number> {
  const session = await openStage(context, stage, flags);
  try {
    return await showHistory(context, session, flags);
  } finally {
    await session.close();
  }
}

interface Showing {
  readonly json?: boolean | undefined;
  /** How many records are told at most; all that were read, when left out. */
  readonly most?: number;
}

/** The same of a stage that is open. Exit 3 when a host cannot be read. */
export async function showHistory(
  context: CliContext,
  { clients }: StageHosts,
  { json = false, most = Infinity }: Showing,
): Promise<number> {
  const { records: read, failed } = await readAudit(clients, LAST);
  if (failed[0] && failed.length === clients.size) throw failed[0].thrown;
  const records = read.slice(0, most);
  if (json) records.forEach((record) => sayJson(context, { v: 1, ...record }));
  else speak(context, { lines: () => historyLines(records), sentences: () => historySentences(records) });
  failed.forEach(({ host, thrown }) => warn(context, `${host}: ${asSlipwayError(thrown).message}`));
  return failed.length > 0 ? 3 : 0;
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
