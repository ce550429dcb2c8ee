import { type CliContext, say, sayJson, warn } from '../context.ts';
import { openStage } from '../open.ts';
import { releaseLines } from '../report/fleet.ts';
import { requireSomeHost } from '../../rollout/some-host.ts';
import type { ListFlags } from './status.ts';

export async function releases(context: CliContext, stage: string, flags: ListFlags): Promise<number> {
  const session = await openStage(context, stage, flags);
  try {
    const fleet = await session.inspect();
    const missing = requireSomeHost(fleet.hosts);
    if (flags.json) sayJson(context, { v: 1, stage, releases: fleet.releases });
    else releaseLines(fleet.releases, { now: context.clock.now() }).forEach((line) => say(context, line));
    missing.forEach((line) => warn(context, line));
    return missing.length > 0 ? 3 : 0;
  } finally {
    await session.close();
  }
}
