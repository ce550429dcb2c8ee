import type { AnyAuthMethod, AuthHandlerMiddleware, NextAuthHandler } from 'ssh2';
import { systemClock } from '../base/clock.ts';
import type { Clock } from '../base/clock.ts';
import { sanitise } from '../base/sanitise.ts';
import { listAgentKeys } from './agent.ts';
import type { AgentKey } from './agent.ts';
import { fingerprint, keyType, typeLabel } from './fingerprint.ts';
import { loadIdentity } from './identity.ts';
import type { Identity } from './identity.ts';
import type { HostSpec } from './spec.ts';

/** One key to log in with, and what to call it. */
export interface Offer {
  readonly label: string;
  readonly method: AnyAuthMethod;
}

/** What there is to log in with, gathered before the connection is made. */
export interface Credentials {
  readonly offers: readonly Offer[];
  /** Encrypted key files whose key no agent holds. */
  readonly locked: readonly string[];
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
    ...spec.unavailable.map((name) => `${name} is configured, but not available yet`),
  ];
  return { offers: orderOffers(spec, identities, agentKeys), locked: lockedFiles(identities, agentKeys), notes };
}

/** OpenSSH's order: keys of the agent that a file names, the agent's other keys, then files that no agent has. */
export function orderOffers(spec: HostSpec, identities: readonly Identity[], agentKeys: readonly AgentKey[]): Offer[] {
  const named = identities.flatMap((identity) => agentKeys.filter(({ blob }) => isOf(identity, blob)));
  const others = spec.identitiesOnly ? [] : agentKeys.filter((key) => !named.includes(key));
  const files = identities.flatMap((identity) => (identity.type === 'usable' ? [identity] : []));
  const held = [...new Set([...named, ...others])];
  const onlyInFiles = files.filter(({ blob }) => !held.some((key) => key.blob.equals(blob)));
  return [
    ...held.map((key) => agentOffer(spec, key)),
    ...onlyInFiles.map(({ file, blob, key }): Offer => ({
      label: `key file ${file} (${keyName(blob)})`,
      method: { type: 'publickey', username: spec.user, key },
    })),
  ];
}

function agentOffer(spec: HostSpec, { comment, blob, agent }: AgentKey): Offer {
  return {
    label: `agent key ${sanitise(comment)} (${keyName(blob)})`,
    method: { type: 'agent', username: spec.user, agent },
  };
}

function keyName(blob: Buffer): string {
  return `${typeLabel(keyType(blob))} ${fingerprint(blob)}`;
}

function isOf(identity: Identity, blob: Buffer): boolean {
  return 'blob' in identity && identity.blob?.equals(blob) === true;
}

function lockedFiles(identities: readonly Identity[], agentKeys: readonly AgentKey[]): string[] {
  return identities
    .filter((identity) => identity.type === 'locked' && !agentKeys.some(({ blob }) => isOf(identity, blob)))
    .map(({ file }) => file);
}

/** How one login went, for the message when it is refused. */
export interface LoginRecord {
  readonly tried: string[];
  /** The methods the host would accept, once it has said so. */
  accepts: readonly string[] | undefined;
  /** A key was accepted, but the host wants more than that. */
  partial: boolean;
}

/**
 * Offers each key once, in order, and never starts over. There is no `none` probe before them: it would cost a round
 * trip. At the end it is sent only when nothing has told yet what the host accepts (ssh2 does not say so after agent keys).
 */
export function createLogin(
  user: string,
  offers: readonly Offer[],
): { handler: AuthHandlerMiddleware; record: LoginRecord } {
  const record: LoginRecord = { tried: [], accepts: undefined, partial: false };
  const queue = [...offers];
  let asked = false;
  const choose = (): AnyAuthMethod | false => {
    if (record.partial || record.accepts?.includes('publickey') === false) return false;
    const offer = queue.shift();
    if (offer !== undefined) {
      record.tried.push(offer.label);
      return offer.method;
    }
    if (asked || record.accepts !== undefined || record.tried.length > MOST_TRIES) return false;
    asked = true;
    return { type: 'none', username: user };
  };
  const handler = (accepts: readonly string[] | null, partial: boolean | null, next: NextAuthHandler) => {
    if (accepts !== null) record.accepts = accepts;
    if (partial === true) record.partial = true;
    // ssh2 takes false for "no more", which its types do not know
    next(choose() as AnyAuthMethod);
  };
  return { handler: handler, record };
}

/** sshd hangs up at the sixth failure (MaxAuthTries): the question must not be the one that exceeds it. */
const MOST_TRIES = 4;
