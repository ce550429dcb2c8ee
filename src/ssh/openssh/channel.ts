import type { Readable } from 'node:stream';
import type { LosableChannel } from '../places.ts';
import type { PipedProcess } from '../proxy-command.ts';
import { Input, Output } from '../streams.ts';
import type { ChannelEnd } from '../transport.ts';
import { MarkFilter } from './marks.ts';

/** What a channel has to ask its connection for. */
export interface ChannelPort {
  /** Whether the master still lives. When it does not, that has been told to everybody who asks. */
  masterLives(): Promise<boolean>;
  /** Sends a signal to a process on the host and its group. */
  signal(name: 'TERM' | 'KILL', pid: number): void;
}

/** What ssh exits with for everything that goes wrong on its side, and when a command was ended by a signal. */
const SSH_FAILED = 255;

/** A channel that a process of the system's ssh serves. */
export class OpenSshChannel implements LosableChannel {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly ended: Promise<ChannelEnd>;
  readonly #child: PipedProcess;
  readonly #port: ChannelPort;
  readonly #marks: MarkFilter;
  readonly #settle: (end: ChannelEnd) => void;
  readonly #exited: Promise<number | undefined>;
  #killed = false;

  constructor(child: PipedProcess, mark: string, port: ChannelPort) {
    this.#child = child;
    this.#port = port;
    this.#marks = child.stderr.pipe(new MarkFilter(mark));
    this.stdin = new Input(child.stdin);
    this.stdout = new Output(child.stdout);
    this.stderr = new Output(this.#marks, 'keepLast');
    const { promise, resolve } = Promise.withResolvers<ChannelEnd>();
    this.ended = promise;
    this.#settle = resolve;
    this.#exited = exitOf(child);
    void this.#follow();
  }

  /**
   * Whether the host gave us a session: the command, or whatever runs in its place, has said something, or has ended in
   * a way that is not ssh's own. A master that is alive and an ssh that fails without a word: it was refused.
   */
  async begun(patience: AbortSignal): Promise<boolean> {
    const { promise: spoke, resolve } = Promise.withResolvers<true>();
    let hasSpoken = false;
    const hear = () => {
      hasSpoken = true;
      resolve(true);
    };
    this.#child.stderr.once('data', hear);
    // the listener of `stdout` was there first, and has taken what there is
    this.#child.stdout.on('readable', () => {
      if (this.stdout.readableLength > 0) hear();
    });
    patience.addEventListener('abort', () => resolve(true), { once: true });
    const ended = this.#exited.then(async (status) => {
      await Promise.all([endOf(this.#child.stdout), endOf(this.#child.stderr)]);
      return status !== SSH_FAILED || hasSpoken;
    });
    return Promise.race([spoke, ended]);
  }

  async #follow(): Promise<void> {
    const status = await this.#exited;
    // nobody is left to read it; whoever still writes learns so
    this.stdin.destroy();
    await Promise.all([this.stdout.over, this.stderr.over]);
    this.#settle(this.#marks.told ?? (await this.#untold(status)));
  }

  /** Our own lines did not come: something else ran in their place, or nobody knows. */
  async #untold(status: number | undefined): Promise<ChannelEnd> {
    if (status !== undefined && status !== SSH_FAILED) return { type: 'exit', status };
    if (!(await this.#port.masterLives())) return { type: 'lost', reason: 'the connection was lost' };
    if (this.#killed) return { type: 'signal', signal: 'SIGKILL' };
    return { type: 'lost', reason: 'the host closed the channel without an exit status' };
  }

  signal(name: 'TERM' | 'KILL'): void {
    if (this.#marks.pid === undefined) return;
    this.#killed ||= name === 'KILL';
    this.#port.signal(name, this.#marks.pid);
  }

  close(): void {
    this.lose('it was given up');
    this.#child.kill('SIGKILL');
    this.stdout.finish();
    this.stderr.finish();
    // the master writes to these for as long as the command goes on
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
  }

  lose(reason: string): void {
    this.#settle({ type: 'lost', reason });
    this.stdin.destroy();
  }
}

/** The status of a process; undefined when it was ended by a signal or never began. */
function exitOf(child: PipedProcess): Promise<number | undefined> {
  return new Promise((resolve) => {
    child.once('error', () => resolve(undefined));
    child.once('exit', (status) => resolve(status ?? undefined));
  });
}

function endOf(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    if (stream.readableEnded || stream.destroyed) resolve();
    else stream.once('end', resolve).once('close', resolve);
  });
}
