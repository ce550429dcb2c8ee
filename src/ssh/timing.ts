import type { ConnectionTiming } from './connection.ts';
import type { HandshakeTiming } from './handshake.ts';
import type { HostSpec } from './spec.ts';

export type Timing = HandshakeTiming & ConnectionTiming;

export const TIMING: Timing = {
  handshakeMs: 15_000,
  loginMs: 60_000,
  pingMs: 15_000,
  deadMs: 45_000,
  channelMs: 15_000,
  closeMs: 1_000,
};

/** Ours, below what is configured for the host, below what the caller asks for. */
export function timingFor({ connectTimeoutMs, serverAlive }: HostSpec, wanted: Partial<Timing> = {}): Timing {
  const alive = serverAlive && {
    pingMs: serverAlive.intervalMs,
    deadMs: serverAlive.intervalMs * serverAlive.countMax,
  };
  return {
    ...TIMING,
    ...(connectTimeoutMs === undefined ? {} : { handshakeMs: connectTimeoutMs }),
    ...alive,
    ...wanted,
  };
}
