import ssh2 from 'ssh2';
import type { BaseAgent, IdentityCallback, ParsedKey } from 'ssh2';
import type { Clock } from '../base/clock.ts';

/** A key that the agent holds and signs with. */
export interface AgentKey {
  readonly key: ParsedKey;
  readonly comment: string;
  readonly blob: Buffer;
  /** Hands ssh2 this one key, so that each attempt is ours to order and to tell. */
  readonly agent: BaseAgent<ParsedKey>;
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
  return { key, comment: key.comment, blob: key.getPublicSSH(), agent: new OneKeyAgent(agent, key) };
}

class OneKeyAgent extends ssh2.BaseAgent<ParsedKey> {
  readonly #agent: BaseAgent<ParsedKey>;
  readonly #key: ParsedKey;

  constructor(agent: BaseAgent<ParsedKey>, key: ParsedKey) {
    super();
    this.#agent = agent;
    this.#key = key;
  }

  override getIdentities(callback: IdentityCallback<ParsedKey>): void {
    callback(null, [this.#key]);
  }

  override sign(...args: unknown[]): void {
    (this.#agent.sign as (...args: unknown[]) => void).apply(this.#agent, args);
  }
}
