import type { Clock } from '../base/clock.ts';
import type { Control, HostClient } from '../host/verbs.ts';
import type { RolloutEvent } from './events.ts';

/** Beats on every host and keeps the rollout's events there, as long as the controller lives. */
export interface Journal {
  /** Opens the channels, once the lock is held: beats begin. */
  open(rollout: string, hosts: readonly HostClient[]): Promise<void>;
  write(event: RolloutEvent): void;
  /** Settles when every line has arrived on the hosts that can be reached. */
  close(): Promise<void>;
}

const BEAT_MS = 15_000;

/** Too many to keep, and told again by others: progress of bytes, and lines that are in logs. */
const FLEETING: ReadonlySet<RolloutEvent['type']> = new Set(['sync.progress', 'log.line', 'probe.sample']);

export function createJournal(clock: Clock): Journal {
  const controls: Control[] = [];
  const earlier: RolloutEvent[] = [];
  const stop = new AbortController();
  let beating = Promise.resolve();
  const beat = async () => {
    for (;;) {
      await clock.sleep(BEAT_MS, stop.signal);
      controls.forEach((control) => control.beat());
    }
  };
  return {
    open: async (rollout, hosts) => {
      // a host that cannot be reached now is noticed by the step that needs it
      const opened = await Promise.allSettled(hosts.map((host) => host.control(rollout, () => undefined)));
      opened.forEach((result) => result.status === 'fulfilled' && controls.push(result.value));
      earlier.forEach((event) => controls.forEach((control) => control.journal(JSON.stringify(event))));
      beating = beat().catch(() => undefined);
    },
    write: (event) => {
      if (FLEETING.has(event.type)) return;
      if (controls.length === 0) earlier.push(event);
      controls.forEach((control) => control.journal(JSON.stringify(event)));
    },
    close: async () => {
      stop.abort();
      await beating;
      await Promise.all(controls.map((control) => control.close()));
    },
  };
}
