import type { ParsedKey } from 'ssh2';
import { systemClock } from '../base/clock.ts';
import type { Clock } from '../base/clock.ts';
import { sanitise } from '../base/sanitise.ts';
import { listAgentKeys } from './agent.ts';
import type { AgentKey } from './agent.ts';
import { fingerprint, keyType, typeLabel } from './fingerprint.ts';
import { loadIdentity } from './identity.ts';
import type { Identity, LockedIdentity } from './identity.ts';
import type { HostSpec } from './spec.ts';

/** One key to log in with, and what to call it. */
export type Offer =
  | { readonly type: 'agent'; readonly label: string; readonly key: AgentKey }
  | { readonly type: 'file'; readonly label: string; readonly key: ParsedKey }
  /** Needs its passphrase, once the host has said that it would take it. */
  | { readonly type: 'locked'; readonly label: string; readonly identity: LockedIdentity };

/** What there is to log in with, gathered before the connection is made. */
export interface Credentials {
  readonly offers: readonly Offer[];
  /** Why keys that one might expect are not offered. */
  readonly notes: readonly string[];
}

export async function gatherCredentials(spec: HostSpec, clock: Clock = systemClock): Promise<Credentials> {
  const [identities, agent] = await Promise.all([
    Promise.all(spec.identityFiles.map(loadIdentity)),
    spec.agent === undefined ? undefined : listAgentKeys(spec.agent, clock),
  ]);
  const agentKeys = agent?.type === 'keys' ? agent.keys : [];
  const notes = [
    ...(agent?.type === 'unreachable' ? [`agent at ${spec.agent ?? ''}: ${sanitise(agent.reason)}`] : []),
    ...identities.flatMap((identity) => (identity.type === 'unusable' ? [`${identity.file}: ${identity.reason}`] : [])),
  ];
  return { offers: orderOffers(spec, identities, agentKeys), notes };
}

/**
 * OpenSSH's order: keys of the agent that a file names, the agent's other keys, then files that no agent has. Files that
 * need no passphrase come before those that do: a question that can be spared is not asked.
 */
export function orderOffers(spec: HostSpec, identities: readonly Identity[], agentKeys: readonly AgentKey[]): Offer[] {
  const named = identities.flatMap((identity) => agentKeys.filter(({ blob }) => isOf(identity, blob)));
  const others = spec.identitiesOnly ? [] : agentKeys.filter((key) => !named.includes(key));
  const held = [...new Set([...named, ...others])];
  const onlyInFiles = identities.filter((identity) => !held.some(({ blob }) => isOf(identity, blob)));
  return [
    ...held.map((key): Offer => ({ type: 'agent', label: agentLabel(key), key })),
    ...onlyInFiles.flatMap((identity): Offer[] =>
      identity.type === 'usable' ? [{ type: 'file', label: fileLabel(identity), key: identity.key }] : [],
    ),
    ...onlyInFiles.flatMap((identity): Offer[] =>
      identity.type === 'locked' ? [{ type: 'locked', label: fileLabel(identity), identity }] : [],
    ),
  ];
}

function isOf(identity: Identity, blob: Buffer): boolean {
  return 'blob' in identity && identity.blob?.equals(blob) === true;
}

function agentLabel({ comment, blob }: AgentKey): string {
  return `agent key ${sanitise(comment)} (${keyName(blob)})`;
}

function fileLabel({ file, blob }: Pick<LockedIdentity, 'file' | 'blob'>): string {
  return blob === undefined ? `key file ${file}` : `key file ${file} (${keyName(blob)})`;
}

function keyName(blob: Buffer): string {
  return `${typeLabel(keyType(blob))} ${fingerprint(blob)}`;
}
