import type { Clock } from '../base/clock.ts';
import type { InstanceSettings } from '../config/settings.ts';
import type { LogsOptions } from '../host/logs.ts';
import type { HostClient } from '../host/verbs.ts';
import type { SourceLine } from './host-source.ts';

/** A log that is quiet for so long has told what it had, ms. */
const QUIET_MS = 1500;

export interface NarrowLog {
  readonly host: HostClient;
  readonly clock: Clock;
  readonly follow: LogsOptions['follow'];
  readonly signal: AbortSignal;
  readonly onLine: (line: SourceLine) => void;
}

/** Where only the text of one unit may be read: its last lines come anew each time. */
export async function readNarrow(
  instance: InstanceSettings,
  { host, clock, follow, signal, ...heard }: NarrowLog,
): Promise<void> {
  const ends = new AbortController();
  let heardAt = clock.now();
  const onLine = (text: string) => {
    heardAt = clock.now();
    heard.onLine({ source: instance.id, text, t: undefined, priority: undefined });
  };
  const reading = host.log(instance, { onLine, signal: AbortSignal.any([signal, ends.signal]) });
  if (follow === 'follow') return reading;
  // it goes on for ever: what it says at once is what is there
  const isQuiet = () => clock.now() - heardAt >= QUIET_MS;
  const quiet = (async () => {
    while (!isQuiet()) await clock.sleep(QUIET_MS, ends.signal);
    ends.abort();
  })();
  await Promise.race([reading, quiet]).finally(() => ends.abort());
  await Promise.allSettled([reading, quiet]);
}
