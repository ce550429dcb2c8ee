import { plural } from '../../base/text.ts';
import type { Fleet, StageSession } from '../../rollout/session.ts';
import { type CliContext, type GlobalOptions, say, sayJson } from '../context.ts';
import { openStage } from '../open.ts';
import { fleetLines } from '../report/fleet.ts';

export interface ListFlags extends GlobalOptions {
  readonly json?: boolean;
}

export async function status(context: CliContext, stage: string, flags: ListFlags): Promise<number> {
  const session = await openStage(context, stage, flags);
  try {
    return await showStatus(context, session, flags);
  } finally {
    await session.close();
  }
}

/** Exit 3 when a host cannot be read: what is not known is not said to be well. */
export async function showStatus(
  context: CliContext,
  session: StageSession,
  { json = false }: { readonly json?: boolean },
): Promise<number> {
  const fleet = await session.inspect();
  const { hosts, release, drift } = fleet;
  if (json) sayJson(context, { v: 1, stage: session.stage, release, drift, hosts });
  else statusLines(session, fleet).forEach((line) => say(context, line));
  return hosts.some((reading) => reading.type === 'unreachable') ? 3 : 0;
}

function statusLines({ stage }: StageSession, fleet: Fleet): readonly string[] {
  const mend = `  → ${plural(fleet.drift.length, 'instance')} drifted: slipway reconcile ${stage}`;
  return [...fleetLines(fleet), ...(fleet.drift.length > 0 ? [mend] : [])];
}
