import type { RolloutEvent } from '../../rollout/events.ts';

type Of<T extends RolloutEvent['type']> = Extract<RolloutEvent, { type: T }>;

/** Whether an attempt is told: when its outcome changes, and every ten. A wait is never silent and never a flood. */
export function createProbePace(): (event: Of<'probe.sample'>) => boolean {
  const told = new Map<string, string>();
  return ({ instance, attempt, sample }) => {
    const outcome = `${sample.healthy} ${sample.outcome}`;
    if (told.get(instance) === outcome && attempt % 10 !== 0) return false;
    told.set(instance, outcome);
    return true;
  };
}

/** What is told of an upload. */
export type SyncTold =
  | { readonly type: 'begins' }
  /** `rate`: bytes per second of this attempt. */
  | { readonly type: 'goesOn'; readonly rate: number; readonly leftMs: number };

/** How much is to be sent, then every so often how far it is; undefined in between, and where nothing is to be sent. */
export function createSyncPace(everyMs: number): (event: Of<'sync.progress'>) => SyncTold | undefined {
  const attempts = new Map<string, { readonly began: number; readonly told: number }>();
  return ({ host, sent, total, t }) => {
    const attempt = attempts.get(host);
    if (!attempt || sent === 0) {
      attempts.set(host, { began: t, told: t });
      return total === 0 ? undefined : { type: 'begins' };
    }
    if (sent >= total || t - attempt.told < everyMs) return undefined;
    attempts.set(host, { ...attempt, told: t });
    const rate = sent / ((t - attempt.began) / 1000);
    return { type: 'goesOn', rate, leftMs: Math.ceil((total - sent) / rate) * 1000 };
  };
}
