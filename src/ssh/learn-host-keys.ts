import { keyType } from './fingerprint.ts';
import { labelOf } from './host-key.ts';
import { rememberKeys } from './known-hosts-file.ts';
import { judge, linesFor } from './known-hosts.ts';
import type { KnownKey } from './known-hosts.ts';
import type { HostSpec } from './spec.ts';

export interface Introduction {
  /** The key by which this very connection was verified. */
  readonly verified: Buffer;
  /** Others that the host has proven to have (hostkeys-prove-00@openssh.com; ssh2's event `hostkeys`). */
  readonly proven: readonly Buffer[];
  /** All known keys, as they were read for this connection. */
  readonly lines: readonly KnownKey[];
}

/**
 * UpdateHostKeys: writes down further keys of a host, so that it stays known when it gives up the old one. Only where a
 * user's file names this very host, not by a pattern, with the key that was verified. Never takes one away, and does
 * nothing under "ask": a question in the middle of a rollout would come at the wrong time. Returns the keys it added.
 */
export async function learnHostKeys(spec: HostSpec, { verified, proven, lines }: Introduction): Promise<Buffer[]> {
  const label = labelOf(spec);
  const [file] = spec.userKnownHostsFiles;
  if (spec.updateHostKeys !== 'yes' || file === undefined || !isVouchedFor(spec, verified, lines)) return [];
  const unknown = proven.filter((key) => isPlain(key) && !['ok', 'revoked'].includes(judge(lines, label, key).type));
  if (unknown.length === 0) return [];
  return rememberKeys(file, { label, keys: unknown, names: spec.hashKnownHosts ? 'hashed' : 'plain' });
}

function isVouchedFor(spec: HostSpec, key: Buffer, lines: readonly KnownKey[]): boolean {
  const users = lines.filter(({ file }) => spec.userKnownHostsFiles.includes(file));
  return linesFor(users, labelOf(spec)).some(
    (line) => line.marker === 'none' && line.key.equals(key) && !/[*?!]/.test(line.hosts),
  );
}

/** Certificates are not what known_hosts is for. */
function isPlain(key: Buffer): boolean {
  const type = keyType(key);
  return type !== '' && !type.includes('-cert-');
}
