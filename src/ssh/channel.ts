import type { ClientChannel } from 'ssh2';
import type { LosableChannel } from './places.ts';
import { Input, Output } from './streams.ts';
import type { ChannelEnd } from './transport.ts';

/** A channel over ssh2. */
export class Ssh2Channel implements LosableChannel {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly ended: Promise<ChannelEnd>;
  readonly #source: ClientChannel;
  readonly #settle: (end: ChannelEnd) => void;

  constructor(source: ClientChannel) {
    this.#source = source;
    this.stdin = new Input(source);
    this.stdout = new Output(source);
    this.stderr = new Output(source.stderr, 'keepLast');
    const { promise, resolve } = Promise.withResolvers<ChannelEnd>();
    this.ended = promise;
    this.#settle = resolve;
    this.#listen();
  }

  #listen(): void {
    const { promise: closed, resolve: close } = Promise.withResolvers<ChannelEnd>();
    // nobody is left to read it; whoever still writes learns so
    this.#source.once('exit', () => this.stdin.destroy());
    // "close", not "exit": that may come before the last of the output
    this.#source.once('close', (status?: number | null, signal?: string) => {
      this.stdin.destroy();
      close(endOf(status, signal));
    });
    void Promise.all([closed, this.stdout.over, this.stderr.over]).then(([end]) => this.#settle(end));
  }

  /** OpenSSH ignores it where the login is root's: "session signalling requires privilege separation". */
  signal(name: 'TERM' | 'KILL'): void {
    this.#source.signal(name);
  }

  close(): void {
    this.lose('it was given up');
    this.#source.close();
    this.stdout.finish();
    this.stderr.finish();
  }

  /** The connection is gone: what has arrived can still be read. */
  lose(reason: string): void {
    this.#settle({ type: 'lost', reason });
    this.stdin.destroy();
  }
}

/** Neither a status nor a signal: the host's end of the channel died, and nobody knows what became of the command. */
function endOf(status: number | null | undefined, signal: string | undefined): ChannelEnd {
  if (typeof status === 'number') return { type: 'exit', status };
  if (signal !== undefined) return { type: 'signal', signal };
  return { type: 'lost', reason: 'the host closed the channel without an exit status' };
}
