import { createConnection } from 'node:net';
import ssh2 from 'ssh2';
import type { GetStreamCallback, IdentityCallback, ParsedKey, SignCallback } from 'ssh2';

/** The agent that commands on a host may use, where that is configured. Nobody logs in with it from here. */
export class ForwardedAgent extends ssh2.BaseAgent<ParsedKey> {
  readonly #socket: string;

  constructor(socket: string) {
    super();
    this.#socket = socket;
  }

  override getIdentities(callback: IdentityCallback<ParsedKey>): void {
    callback(new Error('not for logins'));
  }

  override sign(...args: unknown[]): void {
    const answer = args.at(-1) as SignCallback | undefined;
    answer?.(new Error('not for logins'));
  }

  /** Called by ssh2 for each command that asks for the agent. */
  override getStream(answer: GetStreamCallback): void {
    const stream = createConnection(this.#socket);
    stream.once('connect', () => answer(null, stream));
    // for life: an agent that dies must not end the process
    stream.on('error', (error) => {
      if (stream.connecting || stream.pending) answer(error);
    });
  }
}
