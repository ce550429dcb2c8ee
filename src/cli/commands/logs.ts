import { formatDuration } from '../../base/duration.ts';
import { plural } from '../../base/text.ts';
import { keepYoungHeapSmall } from '../../base/young-heap.ts';
import { filterOf, type Wishes } from '../../logs/where.ts';
import { leastOf } from '../../logs/least.ts';
import type { Level } from '../../logs/levels.ts';
import { shortNames } from '../../logs/names.ts';
import type { LogRecord } from '../../logs/record.ts';
import type { LogNotice } from '../../logs/stream.ts';
import { parseWhen } from '../../logs/when.ts';
import type { StageSession } from '../../rollout/session.ts';
import { type Choice, chosenInstances } from '../chosen-instances.ts';
import { type CliContext, type GlobalOptions, remark, warn } from '../context.ts';
import { openStage } from '../open.ts';
import { untilEnded } from '../until-ended.ts';
import { createLogOut, type LogOut } from '../report/log-out.ts';

export interface LogsFlags extends GlobalOptions, Choice {
  readonly level?: Level;
  readonly grep?: readonly string[];
  readonly where?: readonly string[];
  readonly filter?: string;
  readonly since?: string;
  readonly until?: string;
  readonly lines?: number;
  readonly follow?: boolean;
  readonly json?: boolean;
}

/** Lines that come first where nothing is said. */
const LAST = 50;

/** Lines of all instances, merged. Exit 3 when a host could not be read to its end; whoever follows ends it, and that is 0. */
export async function logs(context: CliContext, stage: string, flags: LogsFlags): Promise<number> {
  keepYoungHeapSmall();
  const wanted = wishesOf(flags, context.clock.now());
  const session = await openStage(context, stage, flags);
  try {
    const instances = chosenInstances(session, flags);
    const out = createLogOut(context, {
      names: shortNames(instances),
      json: flags.json ?? false,
      color: flags.color ?? true,
    });
    return await untilEnded(context, (ends) => read({ context, session, wanted, out, ends }, instances));
  } finally {
    await session.close();
  }
}

interface Wanted {
  readonly isWanted: (record: LogRecord) => boolean;
  readonly since: number | undefined;
  readonly until: number | undefined;
  readonly count: number | undefined;
  readonly follow: 'follow' | 'to the end';
  readonly level: Level | undefined;
}

function wishesOf(flags: LogsFlags, now: number): Wanted {
  const { level, grep, where, filter, since, until, lines } = flags;
  const wishes: Wishes = { level, grep, where, since, until, text: filter };
  const { wanted } = filterOf(wishes, { now });
  const at = (text: string | undefined) => (text === undefined ? undefined : parseWhen(text, { now }));
  return {
    isWanted: wanted,
    ...{ since: at(since), until: at(until), level },
    count: lines ?? (since === undefined ? LAST : undefined),
    follow: flags.follow === false || until !== undefined ? 'to the end' : 'follow',
  };
}

interface Readers {
  readonly context: CliContext;
  readonly session: StageSession;
  readonly wanted: Wanted;
  readonly out: LogOut;
  readonly ends: AbortSignal;
}

async function read({ context, session, wanted, out, ends }: Readers, instances: readonly string[]): Promise<number> {
  const { isWanted, since, until, count, follow, level } = wanted;
  let last: LogRecord[] = [];
  const troubled = new Set<string>();
  const keep = (records: readonly LogRecord[]) => {
    last.push(...records);
    if (count !== undefined && last.length > 2 * count) last = last.slice(-count);
  };
  await session.logs({
    instances,
    ...{ until, follow, signal: ends },
    start: since === undefined ? { type: 'last', count: count ?? LAST } : { type: 'since', t: since },
    least: follow === 'to the end' ? leastOf(level) : undefined,
    isWanted,
    onRecords: (records) => {
      if (follow === 'follow' || count === undefined) out.lines(records);
      else keep(records);
    },
    room: () => out.room(),
    onNotice: (notice) => {
      if (notice.type === 'trouble') troubled.add(notice.host);
      if (notice.type === 'opened') troubled.delete(notice.host);
      tell(context, notice);
      if (notice.type === 'gap') out.gap(notice);
    },
  });
  out.lines(count === undefined ? last : last.slice(-count));
  await out.end();
  return follow === 'to the end' && troubled.size > 0 ? 3 : 0;
}

/** What is no line goes to stderr. */
function tell(context: CliContext, notice: LogNotice): void {
  const { host } = notice;
  switch (notice.type) {
    case 'opened':
      if (notice.offset.isLarge)
        remark(
          context,
          `${host}: its clock is ${formatDuration(Math.abs(notice.offset.ms))} ${notice.offset.ms < 0 ? 'ahead' : 'behind'}; times are corrected`,
        );
      return;
    case 'trouble':
      warn(context, notice.how === 'lost' ? `${notice.message} It is tried again.` : notice.message);
      return;
    case 'resumed':
      remark(context, `${host}: read on after ${formatDuration(notice.lostMs)}, nothing is missing`);
      return;
    case 'gap':
      warn(
        context,
        `${host}: nothing was heard for ${formatDuration(notice.lostMs)}; lines of ${plural(notice.instances.length, 'instance')} may be missing`,
      );
  }
}
