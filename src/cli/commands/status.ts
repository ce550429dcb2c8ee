import { plural } from '../../base/text.ts';
import type { Fleet, StageSession } from '../../rollout/session.ts';
import { type CliContext, type GlobalOptions, sayJson, speak } from '../context.ts';
import { openStage } from '../open.ts';
import { fleetLines } from '../report/fleet.ts';
import { fleetSentences } from '../report/plain-fleet.ts';
import { findStanding, standingSentences } from '../standing.ts';

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
  else await tellStatus(context, session, fleet);
  return hosts.some((reading) => reading.type === 'unreachable') ? 3 : 0;
}

async function tellStatus(context: CliContext, session: StageSession, fleet: Fleet): Promise<void> {
  const { stage } = session;
  const standing = context.voice === 'sentences' ? await findStanding(session, fleet) : undefined;
  const ways = { reconcile: `type “slipway reconcile ${stage}”`, unlock: `type “slipway unlock ${stage}”` };
  const standingWays = {
    decide: `type “slipway resume ${stage}”`,
    ask: `type “slipway pause ${stage}” or “slipway abort ${stage}”`,
  };
  const now = context.clock.now();
  speak(context, {
    lines: () => statusLines(session, fleet),
    sentences: () => [
      ...fleetSentences(session, fleet, { ...ways, now }),
      ...standingSentences(standing, standingWays),
    ],
  });
}

function statusLines({ stage }: StageSession, fleet: Fleet): readonly string[] {
  const mend = `  → ${plural(fleet.drift.length, 'instance')} drifted: slipway reconcile ${stage}`;
  return [...fleetLines(fleet), ...(fleet.drift.length > 0 ? [mend] : [])];
}
