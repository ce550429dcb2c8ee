import { RemoteError } from '../base/errors.ts';
import { quote, sh } from '../base/shell.ts';
import { fingerprint, keyType, typeLabel } from './fingerprint.ts';
import { labelOf } from './host-key.ts';
import type { HostKeyQuestion } from './host-key.ts';
import type { KnownKey } from './known-hosts.ts';
import type { HostSpec } from './spec.ts';

export function unknownKey(spec: HostSpec, asked: HostKeyQuestion): RemoteError {
  const { label, type, others } = asked;
  const isNew = others.length === 0;
  const how = isNew
    ? 'slipway adds it with --accept-new-host-keys, or you do'
    : 'If the host has got a new key, add it';
  return new RemoteError({
    code: 'SLIP_HOST_KEY_UNKNOWN',
    host: spec.name,
    message: isNew
      ? `The host key of ${spec.name} (${label}) is not known${whyNotAsked(spec)}.`
      : `${spec.name} (${label}) shows an ${type} key that is not known, though others of its keys are.`,
    mend: `Compare its fingerprint (${asked.fingerprint}) with the one on the host (ssh-keygen -l -f /etc/ssh/ssh_host_${type.toLowerCase()}_key.pub). ${how}: ${howToAdd(spec, asked)}`,
    detail: [`shown: ${type} ${asked.fingerprint}`, ...others.map((other) => `known: ${other}`)],
  });
}

function whyNotAsked({ strictHostKeyChecking, batchMode }: HostSpec): string {
  if (strictHostKeyChecking === 'yes') return ', and StrictHostKeyChecking forbids to ask about it';
  return batchMode ? ', and BatchMode forbids to ask about it' : '';
}

/** A host behind others cannot be scanned from here: ssh itself asks on the first login. */
function howToAdd(spec: HostSpec, { type, file }: HostKeyQuestion): string {
  const isBehind = spec.jumps.length > 0 || spec.proxyCommand !== undefined;
  if (isBehind) return `ssh -o StrictHostKeyChecking=ask ${spec.openSshArguments.map(quoteValue).join(' ')} true`;
  const scan = spec.hashKnownHosts ? 'ssh-keyscan -H' : 'ssh-keyscan';
  return `${scan} ${sh`-t ${type.toLowerCase()} -p ${spec.port} -- ${spec.host} `}>> ${quote(file)}`;
}

/** Options are easier to read without quotes. */
function quoteValue(word: string): string {
  return /^--?[A-Za-z]?$/.test(word) ? word : quote(word);
}

export function changedKey(spec: HostSpec, key: Buffer, known: KnownKey): RemoteError {
  return new RemoteError({
    code: 'SLIP_HOST_KEY_CHANGED',
    host: spec.name,
    message: `The host key of ${spec.name} (${labelOf(spec)}) is not the one known from ${known.file}:${known.line}. Somebody may be listening in, or the host was set up anew.`,
    mend: `Only when you know why it changed: ${sh`ssh-keygen -R ${labelOf(spec)} -f ${known.file}`}`,
    detail: [`shown: ${typeLabel(keyType(key))} ${fingerprint(key)}`, `known: ${shownKey(known)}`],
  });
}

export function revokedKey(spec: HostSpec, key: Buffer, known: KnownKey): RemoteError {
  return new RemoteError({
    code: 'SLIP_HOST_KEY_CHANGED',
    host: spec.name,
    message: `The host key of ${spec.name} (${labelOf(spec)}) is revoked by ${known.file}:${known.line}. Whoever shows it must not be trusted.`,
    mend: 'Give the host a new key (ssh-keygen -A after removing the old files) and tell its users.',
    detail: [`shown: ${typeLabel(keyType(key))} ${fingerprint(key)}`],
  });
}

/** "ED25519 SHA256:… (/home/me/.ssh/known_hosts:3)" */
export function shownKey(known: KnownKey): string {
  return `${typeLabel(known.type)} ${fingerprint(known.key)} (${known.file}:${known.line})`;
}
