import { randomBytes } from 'node:crypto';
import { RemoteError } from '../base/errors.ts';
import { quote, sh } from '../base/shell.ts';
import { fingerprint, keyType, typeLabel } from './fingerprint.ts';
import { appendKnownHost } from './known-hosts-file.ts';
import { formatKnownHost, hostLabel, judge } from './known-hosts.ts';
import type { KnownKey, Verdict } from './known-hosts.ts';
import type { HostSpec } from './spec.ts';

/** A key nobody has seen before, for a person to compare. */
export interface HostKeyQuestion {
  /** The name in hosts.json. */
  readonly host: string;
  /** As it would be written in known_hosts. */
  readonly label: string;
  /** "ED25519" */
  readonly type: string;
  readonly fingerprint: string;
  /** Where the key would be added. */
  readonly file: string;
  /** Keys of other types that are known for this host: a reason to be careful. */
  readonly others: readonly string[];
}

export interface HostKeyPolicy {
  /** Add the keys of hosts that were never seen before, without asking. */
  readonly acceptNewHostKeys?: boolean;
  /** Asks a person; a yes adds the key. */
  readonly askHostKey?: (question: HostKeyQuestion) => Promise<boolean>;
  /** Told of each key that was added. */
  readonly onHostKeyAdded?: (added: HostKeyQuestion) => void;
}

/** The name under which a host's keys are looked up. An alias stands for host and port. */
export function labelOf(spec: HostSpec): string {
  return spec.hostKeyAlias?.toLowerCase() ?? hostLabel(spec.host, spec.port);
}

/** Returns when the host may be trusted, and throws in every other case. */
export async function checkHostKey(
  key: Buffer,
  lines: readonly KnownKey[],
  trust: { spec: HostSpec; policy: HostKeyPolicy },
) {
  const { spec, policy } = trust;
  const verdict = judge(lines, labelOf(spec), key);
  switch (verdict.type) {
    case 'ok':
      return;
    case 'changed':
      throw changed(spec, key, verdict.known);
    case 'revoked':
      throw revoked(spec, key, verdict.known);
    case 'unknown':
      if (isKnownOnUsualPort(spec, lines, key)) return;
      await decide(question(spec, key, verdict), key, { spec, policy });
  }
}

/** As OpenSSH does: a key known for the host's port 22 is good for its other ports, too. */
function isKnownOnUsualPort(spec: HostSpec, lines: readonly KnownKey[], key: Buffer): boolean {
  if (spec.hostKeyAlias !== undefined) return false;
  return judge(lines, hostLabel(spec.host, 22), key).type === 'ok';
}

function question(spec: HostSpec, key: Buffer, verdict: Verdict & { type: 'unknown' }): HostKeyQuestion {
  return {
    host: spec.name,
    label: labelOf(spec),
    type: typeLabel(keyType(key)),
    fingerprint: fingerprint(key),
    file: spec.userKnownHostsFiles[0] ?? '',
    others: verdict.others.map(shown),
  };
}

/**
 * A host that is known by other keys is not new: showing a key of another type is what an impostor would do, so only a
 * person may accept that.
 */
async function decide(asked: HostKeyQuestion, key: Buffer, trust: { spec: HostSpec; policy: HostKeyPolicy }) {
  const { spec, policy } = trust;
  const isNew = asked.others.length === 0;
  const accepted = (policy.acceptNewHostKeys === true && isNew) || (await policy.askHostKey?.(asked)) === true;
  if (!accepted) throw unknown(spec, asked);
  if (asked.file === '') return;
  const salt = spec.hashKnownHosts ? randomBytes(20) : undefined;
  await appendKnownHost(asked.file, formatKnownHost(asked.label, key, salt));
  policy.onHostKeyAdded?.(asked);
}

function unknown(spec: HostSpec, asked: HostKeyQuestion): RemoteError {
  const { label, type, others } = asked;
  const scan = sh`ssh-keyscan -t ${type.toLowerCase()} -p ${spec.port} -- ${spec.host}`;
  const how =
    others.length === 0
      ? `slipway adds it with --accept-new-host-keys, or you do: ${scan} >> ${quote(asked.file)}`
      : `If the host has got a new key, add it: ${scan} >> ${quote(asked.file)}`;
  return new RemoteError({
    code: 'SLIP_HOST_KEY_UNKNOWN',
    host: spec.name,
    message:
      others.length === 0
        ? `The host key of ${spec.name} (${label}) is not known.`
        : `${spec.name} (${label}) shows an ${type} key that is not known, though others of its keys are.`,
    mend: `Compare the fingerprint with the one on the host (ssh-keygen -l -f /etc/ssh/ssh_host_${type.toLowerCase()}_key.pub). ${how}`,
    detail: [`shown: ${type} ${asked.fingerprint}`, ...others.map((other) => `known: ${other}`)],
  });
}

function changed(spec: HostSpec, key: Buffer, known: KnownKey): RemoteError {
  return new RemoteError({
    code: 'SLIP_HOST_KEY_CHANGED',
    host: spec.name,
    message: `The host key of ${spec.name} (${labelOf(spec)}) is not the one known from ${known.file}:${known.line}. Somebody may be listening in, or the host was set up anew.`,
    mend: `Only when you know why it changed: ${sh`ssh-keygen -R ${labelOf(spec)} -f ${known.file}`}`,
    detail: [`shown: ${typeLabel(keyType(key))} ${fingerprint(key)}`, `known: ${shown(known)}`],
  });
}

function revoked(spec: HostSpec, key: Buffer, known: KnownKey): RemoteError {
  return new RemoteError({
    code: 'SLIP_HOST_KEY_CHANGED',
    host: spec.name,
    message: `The host key of ${spec.name} (${labelOf(spec)}) is revoked by ${known.file}:${known.line}. Whoever shows it must not be trusted.`,
    mend: 'Give the host a new key (ssh-keygen -A after removing the old files) and tell its users.',
    detail: [`shown: ${typeLabel(keyType(key))} ${fingerprint(key)}`],
  });
}

/** "ED25519 SHA256:… (/home/me/.ssh/known_hosts:3)" */
function shown(known: KnownKey): string {
  return `${typeLabel(known.type)} ${fingerprint(known.key)} (${known.file}:${known.line})`;
}
