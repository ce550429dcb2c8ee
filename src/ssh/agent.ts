import ssh2 from 'ssh2';
import type { BaseAgent, IdentityCallback, ParsedKey, SigningRequestOptions } from 'ssh2';
import type { Clock } from '../base/clock.ts';

/** A key whose private half is elsewhere: in an agent, or in a file that was unlocked. */
export interface SigningKey {
  readonly key: ParsedKey;
  sign(bytes: Buffer, options: SigningRequestOptions): Promise<Buffer>;
}

/** A key that the agent holds and signs with. */
export interface AgentKey extends SigningKey {
  readonly comment: string;
  readonly blob: Buffer;
}

export type AgentAnswer =
  | { readonly type: 'keys'; readonly keys: readonly AgentKey[] }
  | { readonly type: 'unreachable'; readonly reason: string };

/** An agent may hang while it waits for somebody to unlock it. */
const DEADLINE_MS = 10_000;

/** The keys of the agent at a socket. Kinds that ssh2 cannot use (certificates, FIDO) are left out by it. */
export async function listAgentKeys(socket: string, clock: Clock): Promise<AgentAnswer> {
  const agent = ssh2.createAgent(socket) as BaseAgent<ParsedKey>;
  const answered = new AbortController();
  const late = clock.sleep(DEADLINE_MS, answered.signal).then(
    (): AgentAnswer => ({ type: 'unreachable', reason: 'it does not answer' }),
    (): AgentAnswer => ({ type: 'unreachable', reason: 'it was given up' }),
  );
  const answer = await Promise.race([identities(agent), late]);
  answered.abort();
  return answer;
}

function identities(agent: BaseAgent<ParsedKey>): Promise<AgentAnswer> {
  return new Promise((resolve) => {
    agent.getIdentities((error, keys) => {
      if (error) resolve({ type: 'unreachable', reason: error.message });
      else
        resolve({ type: 'keys', keys: (keys ?? []).flatMap((key) => ('sign' in key ? [agentKey(agent, key)] : [])) });
    });
  });
}

function agentKey(agent: BaseAgent<ParsedKey>, key: ParsedKey): AgentKey {
  const sign = (bytes: Buffer, options: SigningRequestOptions) =>
    new Promise<Buffer>((resolve, reject) => {
      agent.sign(key, bytes, options, (error, signature) => {
        if (signature === undefined) reject(error ?? new Error('the agent did not sign'));
        else resolve(signature);
      });
    });
  return { key, comment: key.comment, blob: key.getPublicSSH(), sign };
}

/**
 * Hands ssh2 one key, so that each attempt is ours to order and to tell. It is asked to sign only when the host has said
 * that it would take the key, and may take its time: that is when a locked key is unlocked.
 */
export class OneKeyAgent extends ssh2.BaseAgent<ParsedKey> {
  readonly #key: () => Promise<ParsedKey>;
  readonly #sign: SigningKey['sign'];

  constructor(key: () => Promise<ParsedKey>, sign: SigningKey['sign']) {
    super();
    this.#key = key;
    this.#sign = sign;
  }

  override getIdentities(callback: IdentityCallback<ParsedKey>): void {
    this.#key().then(
      (key) => callback(null, [key]),
      (error: unknown) => callback(error as Error),
    );
  }

  override sign(...given: unknown[]): void {
    const [, bytes, options, callback] = given as SignArguments;
    this.#sign(bytes, options)
      .then((signature) => callback(null, signature))
      .catch((error: unknown) => callback(error as Error));
  }
}

type SignArguments = [unknown, Buffer, SigningRequestOptions, (error: Error | null, signature?: Buffer) => void];
