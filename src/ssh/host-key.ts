import { fingerprint, keyType, typeLabel } from './fingerprint.ts';
import { changedKey, revokedKey, shownKey, unknownKey } from './host-key-troubles.ts';
import { rememberKeys } from './known-hosts-file.ts';
import { hostLabel, judge } from './known-hosts.ts';
import type { KnownKey, Verdict } from './known-hosts.ts';
import type { AskPerson } from './prompts.ts';
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
  /** Add the keys of hosts that were never seen before, without asking: stands above StrictHostKeyChecking. */
  readonly acceptNewHostKeys?: boolean;
  /** Asks a person; a yes, or the fingerprint itself, adds the key. */
  readonly ask?: AskPerson;
  /** Told of each key that was added. */
  readonly onHostKeyAdded?: (added: HostKeyQuestion) => void;
}

export interface Trust {
  readonly spec: HostSpec;
  readonly policy: HostKeyPolicy;
  /** Takes back the question. */
  readonly signal?: AbortSignal;
}

/** The name under which a host's keys are looked up. An alias stands for host and port. */
export function labelOf(spec: HostSpec): string {
  return spec.hostKeyAlias?.toLowerCase() ?? hostLabel(spec.host, spec.port);
}

/** Returns when the host may be trusted, and throws in every other case. */
export async function checkHostKey(key: Buffer, lines: readonly KnownKey[], trust: Trust): Promise<void> {
  const { spec } = trust;
  const verdict = judge(lines, labelOf(spec), key);
  switch (verdict.type) {
    case 'ok':
      return;
    case 'changed':
      throw changedKey(trust.spec, key, verdict.known);
    case 'revoked':
      throw revokedKey(trust.spec, key, verdict.known);
    case 'unknown':
      if (isKnownOnUsualPort(spec, lines, key)) return;
      await decide(question(spec, key, verdict), key, trust);
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
    others: verdict.others.map(shownKey),
  };
}

async function decide(asked: HostKeyQuestion, key: Buffer, trust: Trust): Promise<void> {
  const { spec, policy } = trust;
  if (!(await isAccepted(asked, trust))) throw unknownKey(spec, asked);
  if (asked.file === '') return;
  await rememberKeys(asked.file, { label: asked.label, keys: [key], names: spec.hashKnownHosts ? 'hashed' : 'plain' });
  policy.onHostKeyAdded?.(asked);
}

/**
 * A host that is known by other keys is not new: showing a key of another type is what an impostor would do, so only a
 * person may accept that, or a configuration that has given up on checking.
 */
async function isAccepted(asked: HostKeyQuestion, { spec, policy, signal }: Trust): Promise<boolean> {
  const isNew = asked.others.length === 0;
  const { strictHostKeyChecking } = spec;
  if (policy.acceptNewHostKeys === true && isNew) return true;
  if (strictHostKeyChecking === 'no') return true;
  if (strictHostKeyChecking === 'accept-new' && isNew) return true;
  if (strictHostKeyChecking === 'yes' || spec.batchMode) return false;
  const answer = await policy.ask?.({ type: 'hostKey', question: asked }, signal);
  return answer === 'yes' || answer === asked.fingerprint;
}
