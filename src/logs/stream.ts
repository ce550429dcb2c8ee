import type { Clock } from '../base/clock.ts';
import type { LogsOptions } from '../host/logs.ts';
import type { HostClient } from '../host/verbs.ts';
import { followSource } from './follow-source.ts';
import type { Following, SourceNotice } from './reading.ts';
import { type HostSource, narrowed } from './host-source.ts';
import { Mouth } from './mouth.ts';
import type { LogRecord } from './record.ts';

export interface LogStreamOptions extends Pick<Following, 'start' | 'until' | 'follow' | 'signal' | 'retried'> {
  readonly clock: Clock;
  readonly clients: ReadonlyMap<string, HostClient>;
  readonly sources: readonly HostSource[];
  readonly least?: LogsOptions['least'];
  /** In the order of their times, as far as that goes; never none. */
  readonly onRecords: (records: readonly LogRecord[]) => void;
  readonly onNotice: (notice: LogNotice) => void;
  /** All others are forgotten at once; all are wanted when left out. Whether they are late is not known by then. */
  readonly isWanted?: ((record: LogRecord) => boolean) | undefined;
  /**
   * Asked after lines have been passed on: until it settles none are, and hosts that have more to tell are held back. There is
   * always room when left out.
   */
  readonly room?: (() => Promise<void> | undefined) | undefined;
}

/** What is said of the log of instances besides its lines. */
export type LogNotice = SourceNotice & { readonly host: string; readonly instances: readonly string[] };

const NARROW = new Error('only the text of one unit after the other may be read');

/** Reads sources on many hosts into one stream; settles when all have ended, or the signal is aborted. Never throws. */
export async function streamLogs(options: LogStreamOptions): Promise<void> {
  const { sources, clients, signal, onNotice } = options;
  const mouth = new Mouth(options);
  const one = async (source: HostSource): Promise<void> => {
    const host = clients.get(source.host);
    if (!host) return;
    const instances = source.instances.map(({ id }) => id);
    const ends = new AbortController();
    await followSource({
      ...options,
      ...{ host, source, signal: AbortSignal.any([signal, ends.signal]), valve: mouth.valve(source) },
      onLine: (line, offset) => mouth.take(source, line, offset),
      onNotice: (notice) => {
        if (notice.type === 'trouble' && notice.code === 'SLIP_LOG_NARROW') {
          ends.abort(NARROW);
          return;
        }
        if (notice.type === 'opened') mouth.opened(source);
        if (notice.type === 'trouble') mouth.lost(source);
        onNotice({ ...notice, host: source.host, instances });
      },
    });
    mouth.caughtUp(source);
    if (ends.signal.reason === NARROW && !signal.aborted) await Promise.all(narrowed(source).map(one));
  };
  sources.forEach((source) => mouth.open(source));
  await Promise.all(sources.map(one));
  await mouth.end();
}
