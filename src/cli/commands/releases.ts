import { type CliContext, sayJson, speak, warn } from '../context.ts';
import { openStage } from '../open.ts';
import { releaseLines } from '../report/fleet.ts';
import { releaseSentences } from '../report/plain-releases.ts';
import type { Fleet } from '../../rollout/session.ts';
import { requireSomeHost } from '../../rollout/some-host.ts';
import type { ListFlags } from './status.ts';

export async function releases(context: CliContext, stage: string, flags: ListFlags): Promise<number> {
  const session = await openStage(context, stage, flags);
  try {
    return showReleases(context, await session.inspect(), { stage, json: flags.json });
  } finally {
    await session.close();
  }
}

interface Showing {
  readonly stage: string;
  readonly json?: boolean | undefined;
}

/** Exit 3 when a host cannot be read: it may hold others. */
export function showReleases(context: CliContext, fleet: Fleet, { stage, json = false }: Showing): number {
  const missing = requireSomeHost(fleet.hosts);
  const now = { now: context.clock.now() };
  if (json) sayJson(context, { v: 1, stage, releases: fleet.releases });
  else
    speak(context, {
      lines: () => releaseLines(fleet.releases, now),
      sentences: () => releaseSentences(fleet.releases, now),
    });
  missing.forEach((line) => warn(context, line));
  return missing.length > 0 ? 3 : 0;
}
