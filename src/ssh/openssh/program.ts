import { UserError } from '../../base/errors.ts';
import type { HostSpec } from '../spec.ts';

/** The one on PATH, as everywhere. */
export const SSH = 'ssh';

/** A host needs OpenSSH's client, and it is not there. */
export function sshMissing({ name, needsOpenSsh }: HostSpec): UserError {
  const why = needsOpenSsh.length === 0 ? 'is to be' : `is configured with "${needsOpenSsh.join('", "')}", and so is`;
  return new UserError({
    code: 'SLIP_SSH_MISSING',
    message: `${name} ${why} reached through OpenSSH's client, which is not on PATH.`,
    mend: 'Install it (on Debian: apt-get install openssh-client), or reach the host without that.',
  });
}
