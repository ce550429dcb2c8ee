import { UserError } from '../base/errors.ts';
import { sanitise } from '../base/sanitise.ts';
import { labelOf } from './host-key.ts';
import { readKnownHosts } from './known-hosts-file.ts';
import { hasAuthorityFor, knownTypes } from './known-hosts.ts';
import type { Environment } from './processes.ts';
import type { HostSpec } from './spec.ts';
import type { TransportName } from './transport.ts';

/** The transport that can do what is configured for a host: ssh2 wherever it can, since it is faster and asks better. */
export async function chooseTransport(spec: HostSpec, wanted: TransportName | undefined): Promise<TransportName> {
  if (wanted !== undefined) return wanted;
  if (spec.needsOpenSsh.length > 0) return 'openssh';
  return (await trustsOnlyAnAuthority(spec)) ? 'openssh' : 'ssh2';
}

async function trustsOnlyAnAuthority(spec: HostSpec): Promise<boolean> {
  const lines = await readKnownHosts([...spec.userKnownHostsFiles, ...spec.globalKnownHostsFiles]);
  const label = labelOf(spec);
  return hasAuthorityFor(lines, label) && knownTypes(lines, label).length === 0;
}

/** SLIPWAY_TRANSPORT: what all hosts are to be reached over in this one run, whatever hosts.json says. */
export function wantedTransport(env: Environment): TransportName | undefined {
  const wanted = env['SLIPWAY_TRANSPORT'] ?? '';
  if (wanted === '' || wanted === 'ssh2' || wanted === 'openssh') return wanted === '' ? undefined : wanted;
  throw new UserError({
    code: 'SLIP_TRANSPORT',
    message: `SLIPWAY_TRANSPORT is "${sanitise(wanted)}", which is no transport.`,
    mend: 'Set it to "ssh2" or "openssh", or to nothing.',
  });
}
