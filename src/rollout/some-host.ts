import { RemoteError } from '../base/errors.ts';
import type { HostReading } from './session.ts';

/** Why hosts could not be read, a line each; throws RemoteError when none could. */
export function requireSomeHost(hosts: readonly HostReading[]): readonly string[] {
  const unreachable = hosts.flatMap((reading) => (reading.type === 'unreachable' ? [reading] : []));
  const [first] = unreachable;
  if (first && unreachable.length === hosts.length) {
    throw new RemoteError({
      code: 'SLIP_UNREACHABLE',
      message: first.reason,
      detail: unreachable.slice(1).map((one) => one.reason),
      ...(first.mend === undefined ? {} : { mend: first.mend }),
    });
  }
  return unreachable.map((one) => one.reason);
}
