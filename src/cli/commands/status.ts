import { type CliContext, type GlobalOptions, say } from '../context.ts';
import { openStage } from '../open.ts';
import { fleetLines } from '../report/fleet.ts';

export interface ListFlags extends GlobalOptions {
  readonly json?: boolean;
}

/** Exit 3 when a host cannot be read: what is not known is not said to be well. */
export async function status(context: CliContext, stage: string, flags: ListFlags): Promise<number> {
  const session = await openStage(context, stage, flags);
  try {
    const fleet = await session.inspect();
    if (flags.json) say(context, JSON.stringify({ v: 1, stage, hosts: fleet.hosts }, plain));
    else fleetLines(fleet).forEach((line) => say(context, line));
    return fleet.hosts.some((reading) => reading.type === 'unreachable') ? 3 : 0;
  } finally {
    await session.close();
  }
}

/** Sets have no JSON of their own. */
function plain(_key: string, value: unknown): unknown {
  return value instanceof Set ? [...(value as Set<unknown>)] : value;
}
