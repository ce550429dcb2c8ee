import { systemClock } from '../../base/clock.ts';
import type { ConnectOptions } from '../connect.ts';
import { queueFor } from '../handshake-queue.ts';
import type { HostSpec } from '../spec.ts';
import { timingFor } from '../timing.ts';
import type { Hop } from '../transport.ts';
import { OpenSshConnection } from './connection.ts';
import { startMaster } from './master.ts';

/** Connects over the system's ssh, through `hop` where there is one. */
export async function dialOpenSsh(
  spec: HostSpec,
  options: ConnectOptions,
  hop: Hop | undefined,
): Promise<OpenSshConnection> {
  const { clock = systemClock, env = process.env, signal, ask, acceptNewHostKeys } = options;
  const timing = timingFor(spec, options.timing);
  const master = await queueFor(spec)(() =>
    startMaster({
      ...{ spec, timing, clock, env, signal, proxyCommand: hop?.proxyCommand },
      ask: spec.batchMode ? undefined : ask,
      newHostKeys: acceptNewHostKeys === true ? 'accept' : 'asConfigured',
    }),
  );
  return new OpenSshConnection({ spec, timing, clock, env, master });
}
