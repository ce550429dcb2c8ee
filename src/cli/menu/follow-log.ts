import { announce, type CliContext, say } from '../context.ts';
import { wholeText } from '../../logs/fields-text.ts';
import type { OpenStage } from '../open.ts';
import { spokenInstances } from '../report/speech.ts';
import { choose, numbered } from './choose.ts';
import type { Ended, Here } from './menu.ts';

/** Follows the log of an instance until Ctrl-C, line by line as they are. */
export async function followLog({ context, session }: Here): Promise<Ended> {
  // files alone have none
  const logging = session.settings.instances.filter(({ service }) => service.type !== 'files').map(({ id }) => id);
  if (logging.length === 0) {
    announce(context, `No instance of ${session.stage} has a log: it is files only`);
    return {};
  }
  const instance = await choose(context, {
    title: 'Which instance?',
    back: 'go back to the menu',
    all: numbered(logging.map((id) => [spokenInstances([id]), id] as const)),
  });
  if (instance !== undefined) await follow(context, session, instance);
  return {};
}

/** Lines that come first. */
const LAST = 50;

async function follow(context: CliContext, session: OpenStage, instance: string): Promise<void> {
  const ends = new AbortController();
  const { promise: ended, resolve: end } = Promise.withResolvers<string>();
  const stop = () => {
    // behind the ^C that the terminal has written
    say(context);
    end('No longer following the log');
  };
  process.on('SIGINT', stop);
  announce(context, `Following the log of ${spokenInstances([instance])}. Press Ctrl-C to stop`);
  void session.logs({
    instances: [instance],
    start: { type: 'last', count: LAST },
    follow: 'follow',
    signal: ends.signal,
    onRecords: (records) => {
      if (!ends.signal.aborted) records.forEach((record) => say(context, wholeText(record)));
    },
    onNotice: (notice) => {
      if (notice.type === 'trouble') end(notice.message);
    },
  });
  try {
    const why = await ended;
    ends.abort();
    announce(context, why);
  } finally {
    process.off('SIGINT', stop);
  }
}
