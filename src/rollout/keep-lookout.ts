import type { AlertEvent } from '../analysis/alerts.ts';
import { beginLookout, hearHost, type Lookout, lookUp, missHost, type Seen } from '../analysis/lookout.ts';
import { VITALS_EVERY_MS } from '../analysis/vitals.ts';
import type { Clock } from '../base/clock.ts';
import { createNotifier } from '../notify/webhook.ts';
import type { StageSession } from './session.ts';

export interface LookoutOptions {
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** VITALS_EVERY_MS when left out. */
  readonly everyMs?: number;
  /** Ids of those that are watched; all of the stage when left out. */
  readonly instances?: readonly string[];
  /** Where secrets are that hosts.json names. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onNews: (news: LookoutNews) => void;
  /** Why somebody could not be told of an alert. */
  readonly onTrouble: (message: string) => void;
}

/** What has come since the news before. */
export interface LookoutNews {
  readonly lookout: Lookout;
  readonly events: readonly AlertEvent[];
  /** `heard`: a host told of itself; `missed`: it tells nothing, said once for each reason; `time`: time has gone by. */
  readonly cause:
    | { readonly type: 'heard'; readonly host: string }
    | { readonly type: 'missed'; readonly host: string; readonly reason: string }
    | { readonly type: 'time' };
}

/**
 * Watches the stage until the signal is aborted, and tells webhooks of alerts. The promise settles when all that was to be
 * told to them has been. Never rejects.
 */
export async function keepLookout(session: StageSession, options: LookoutOptions): Promise<void> {
  const { signal, clock, everyMs = VITALS_EVERY_MS, instances, onNews } = options;
  const { watched, app, stage } = session;
  const chosen = watched.instances.filter(({ id }) => instances?.includes(id) ?? true);
  const notifier = createNotifier({ ...options, app, stage, targets: watched.notify });
  let lookout = beginLookout({ instances: chosen, alerts: watched.alerts, everyMs }, clock.now());
  const take = (seen: Seen, cause: LookoutNews['cause']) => {
    if (signal.aborted) return;
    lookout = seen.lookout;
    seen.events.forEach((event) => notifier.tell(event));
    onNews({ ...seen, cause });
  };
  session.vitals({
    ...{ signal, everyMs, metrics: 'asked', instances: chosen.map(({ id }) => id) },
    onVitals: (host, samples, disk) =>
      take(hearHost(lookout, { host, samples, disk, now: clock.now() }), { type: 'heard', host }),
    onTrouble: (host, reason) =>
      take(missHost(lookout, { host, reason, now: clock.now() }), { type: 'missed', host, reason }),
  });
  try {
    for (;;) {
      await clock.sleep(everyMs, signal);
      take(lookUp(lookout, clock.now()), { type: 'time' });
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  }
  await notifier.close();
}
