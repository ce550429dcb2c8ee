import { ConnectionLostError, RemoteError } from '../base/errors.ts';

/** A host that cannot be connected to just now. A login that is refused is another thing: it is never tried again by itself. */
const AWAY = new Set([
  'SLIP_REFUSED',
  'SLIP_UNREACHABLE',
  'SLIP_DNS',
  'SLIP_CONNECT_TIMEOUT',
  'SLIP_HANDSHAKE_TIMEOUT',
  // the system's ssh does not say why in a way that can be told; it has let us in before
  'SLIP_OPENSSH',
]);

export function isAway(thrown: unknown): thrown is RemoteError {
  return thrown instanceof RemoteError && AWAY.has(thrown.code);
}

/** Silence may be the network's: as far as anybody can tell, the worker lives on. */
export function isLost(thrown: unknown): thrown is RemoteError {
  return thrown instanceof ConnectionLostError || (thrown instanceof RemoteError && thrown.code === 'SLIP_HOST_SILENT');
}
