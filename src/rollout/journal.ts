import type { Clock } from '../base/clock.ts';
import type { Control, HostClient } from '../host/verbs.ts';
import type { RolloutEvent } from './events.ts';
import { atMost } from './patience.ts';

/** Beats on every host and keeps the rollout's events there, as long as the controller lives. */
export interface Journal {
  /**
   * The lock is held. Channels are opened when the rollout lasts; a channel that is lost is opened again. `onLine` hears what
   * is left for the rollout on each host.
   */
  begin(rollout: string, hosts: readonly HostClient[], onLine: (line: string) => void): void;
  write(event: RolloutEvent): void;
  /** What no channel has taken yet, for the last request to a host: a short rollout needs no channel. */
  rest(): string;
  /** Settles when every line has arrived on the hosts that can be reached. */
  close(): Promise<void>;
}

/** A lock lives for a minute without a beat, so a rollout that is over by then needs no channel for it. */
const OPEN_MS = 3000;
const BEAT_MS = 15_000;
const LAST_LINES_MS = 5000;
const REOPEN_MS = 2000;
/** Lines that wait for a host to come back: more than a rollout has, and a bound all the same. */
const WAITING_LINES = 10_000;

/**
 * Too many to keep, and told again by others: progress of bytes, and lines that are in logs. What was gathered of an instance
 * that failed is its own log, too: it stays on its own host, since an app may say there what is nobody's business elsewhere.
 */
const FLEETING: ReadonlySet<RolloutEvent['type']> = new Set([
  ...(['sync.progress', 'log.line', 'probe.sample', 'instance.evidence'] as const),
]);

/** The way to one host's journal, over as many channels as it takes. */
interface Keeper {
  control: Control | undefined;
  readonly waiting: string[];
}

interface Keeping {
  readonly rollout: string;
  readonly onLine: (line: string) => void;
}

function writeLine({ control, waiting }: Keeper, line: string): void {
  if (control) control.journal(line);
  else if (waiting.length < WAITING_LINES) waiting.push(line);
}

export function createJournal(clock: Clock): Journal {
  const earlier: string[] = [];
  let toOpen: (() => Promise<unknown>) | undefined;
  const keepers: Keeper[] = [];
  const stop = new AbortController();
  /** Settles with the first channel, or with its failure; goes on behind that. */
  const keep = async (keeper: Keeper, host: HostClient, { rollout, onLine }: Keeping): Promise<void> => {
    const control = await host.control(rollout, onLine).catch(() => undefined);
    keeper.control = control;
    if (control) keeper.waiting.splice(0).forEach((line) => control.journal(line));
    void (async () => {
      await control?.ended;
      keeper.control = undefined;
      // a host that stays away is told of by the step that needs it
      await clock.sleep(REOPEN_MS, stop.signal);
      await keep(keeper, host, { rollout, onLine });
    })().catch(() => undefined);
  };
  const beat = async () => {
    for (;;) {
      await clock.sleep(BEAT_MS, stop.signal);
      keepers.forEach(({ control }) => control?.beat());
    }
  };
  const open = async () => {
    const opening = toOpen?.();
    toOpen = undefined;
    await opening;
  };
  return {
    begin: (rollout, hosts, onLine) => {
      toOpen = () => {
        void beat().catch(() => undefined);
        const kept = hosts.map((host) => {
          const keeper: Keeper = { control: undefined, waiting: [...earlier] };
          keepers.push(keeper);
          return keep(keeper, host, { rollout, onLine });
        });
        return Promise.all(kept);
      };
      clock.sleep(OPEN_MS, stop.signal).then(open, () => undefined);
    },
    write: (event) => {
      if (FLEETING.has(event.type)) return;
      const line = JSON.stringify(event);
      if (keepers.length === 0) earlier.push(line);
      keepers.forEach((keeper) => writeLine(keeper, line));
    },
    rest: () => {
      if (keepers.length > 0) return '';
      toOpen = undefined;
      return earlier.map((line) => `${line}\n`).join('');
    },
    close: async () => {
      stop.abort();
      // nobody asked for the rest: the rollout goes on without us
      await atMost(clock, LAST_LINES_MS, open());
      await atMost(clock, LAST_LINES_MS, Promise.all(keepers.flatMap(({ control }) => control?.close() ?? [])));
    },
  };
}
