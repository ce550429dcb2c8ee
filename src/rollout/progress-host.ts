import { unreachable } from '../base/errors.ts';
import type { RolloutEvent } from './events.ts';

/** A host of a rollout as its events tell it. */
export interface HostProgress {
  readonly connected: boolean;
  readonly ready: boolean;
  readonly reused: boolean;
  readonly locked: boolean;
  /** Bytes of the payload, compressed. */
  readonly sent: number;
  readonly total: number;
  /** When the first and the newest progress of the sync came; the rate follows from them. */
  readonly syncSince: number | undefined;
  readonly syncAt: number | undefined;
  /** The prepare step or hook that runs now. */
  readonly preparing: string | undefined;
  readonly lost: string | undefined;
  /** Who said that it is to be left as it is. */
  readonly skipped: string | undefined;
}

export const initialHost: HostProgress = {
  connected: false,
  ready: false,
  reused: false,
  locked: false,
  sent: 0,
  total: 0,
  syncSince: undefined,
  syncAt: undefined,
  preparing: undefined,
  lost: undefined,
  skipped: undefined,
};

/** Events that tell of a host. */
export type HostEvent = Extract<
  RolloutEvent,
  {
    type:
      `host.${string}` | `lock.${string}` | `prepare.${string}` | 'hook.started' | 'hook.finished' | 'sync.progress';
  }
>;

/** What changes with an event. */
export function hostChange(before: HostProgress, event: HostEvent): Partial<HostProgress> {
  switch (event.type) {
    case 'host.connected':
      return { connected: true, lost: undefined };
    case 'host.lost':
      return { connected: false, lost: event.reason };
    case 'host.skipped':
      return { skipped: event.by };
    case 'host.ready':
      return { ready: true, reused: event.reused };
    case 'sync.progress':
      return { sent: event.sent, total: event.total, syncSince: syncBegan(before, event), syncAt: event.t };
    case 'prepare.started':
    case 'hook.started':
      return { preparing: event.run };
    case 'prepare.finished':
    case 'hook.finished':
      return { preparing: undefined };
    case 'lock.taken':
    case 'lock.takenOver':
      return { locked: true };
    case 'lock.released':
      return { locked: false };
    default:
      return unreachable(event);
  }
}

/** An attempt begins with nothing sent; its rate is its own. */
function syncBegan({ syncSince }: HostProgress, { sent, t }: Extract<RolloutEvent, { type: 'sync.progress' }>): number {
  return sent === 0 ? t : (syncSince ?? t);
}
