import { hostOf } from '../../logs/names.ts';
import { keepLookout, type LookoutNews } from '../../rollout/keep-lookout.ts';
import type { StageSession } from '../../rollout/session.ts';
import { type Choice, chosenInstances } from '../chosen-instances.ts';
import { type CliContext, type GlobalOptions, warn } from '../context.ts';
import { openStage } from '../open.ts';
import { untilEnded } from '../until-ended.ts';
import { onlookerFor } from './watch-onlooker.ts';

export interface WatchFlags extends GlobalOptions, Choice {
  readonly json?: boolean;
  readonly once?: boolean;
  readonly everyMs?: number;
}

/** With --once nobody waits for a rate longer than it takes to tell one. */
const ONCE_EVERY_MS = 1000;
/** Two samples make a rate. */
const ONCE_SAMPLES = 2;
/** What a host may take until then. */
const ONCE_MOST_MS = 30_000;

/** Watches until it is interrupted (130); with --once a look, and 3 when a host tells nothing. */
export async function watch(context: CliContext, stage: string, flags: WatchFlags): Promise<number> {
  const session = await openStage(context, stage, flags);
  try {
    const instances = chosenInstances(session, flags);
    return flags.once === true
      ? await lookOnce(context, session, { ...flags, instances })
      : await keepWatching(context, session, { ...flags, instances });
  } finally {
    await session.close();
  }
}

interface Watching extends Pick<WatchFlags, 'json' | 'everyMs'> {
  readonly instances: readonly string[];
}

async function keepWatching(
  context: CliContext,
  session: StageSession,
  { instances, ...flags }: Watching,
): Promise<number> {
  const onlooker = onlookerFor(context, { stage: session.stage, json: flags.json ?? false });
  await untilEnded(context, (signal) =>
    keepLookout(session, {
      ...options(context, flags.everyMs),
      ...{ signal, instances, onNews: (news) => onlooker.see(news) },
    }),
  );
  onlooker.close();
  return 130;
}

async function lookOnce(
  context: CliContext,
  session: StageSession,
  { instances, ...flags }: Watching,
): Promise<number> {
  const ends = new AbortController();
  const timer = AbortSignal.timeout(ONCE_MOST_MS);
  const heard = new Map<string, number>();
  const missing = new Set(hostsOf(instances));
  let last: LookoutNews | undefined;
  const onNews = (news: LookoutNews) => {
    last = news;
    const { cause } = news;
    if (cause.type === 'heard') heard.set(cause.host, (heard.get(cause.host) ?? 0) + 1);
    if (cause.type === 'missed' || (cause.type === 'heard' && heard.get(cause.host) === ONCE_SAMPLES))
      missing.delete(cause.host);
    if (missing.size === 0) ends.abort();
  };
  await keepLookout(session, {
    ...options(context, flags.everyMs ?? ONCE_EVERY_MS),
    ...{ signal: AbortSignal.any([ends.signal, timer]), instances, onNews },
  });
  const onlooker = onlookerFor(context, { stage: session.stage, json: flags.json ?? false });
  if (last) onlooker.show(last.lookout);
  return last && [...last.lookout.hosts.values()].every(({ trouble, heardAt }) => heardAt !== undefined && !trouble)
    ? 0
    : 3;
}

function options(context: CliContext, everyMs: number | undefined) {
  return {
    ...{ clock: context.clock, env: context.env, onTrouble: (message: string) => warn(context, message) },
    ...(everyMs === undefined ? {} : { everyMs }),
  };
}

function hostsOf(instances: readonly string[]): readonly string[] {
  return [...new Set(instances.map(hostOf))];
}
