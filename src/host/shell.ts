import type { Writable } from 'node:stream';
import type { Channel, ChannelEnd } from '../ssh/transport.ts';
import { type Frame, LineSplitter, parseFrame } from './frames.ts';
import { requestLine, type Sent } from './request.ts';

/** What is heard of one request. */
export interface Listener {
  onFrame(frame: Frame): void;
  /** A line that is no frame: what a login script or a command has printed. */
  onNoise(line: string): void;
  /** The host went on to what comes next, or the channel has ended. */
  onOver(end: ChannelEnd): void;
}

/**
 * A channel on which the host script is loaded and serves one request after the other. Requests may be sent before the one
 * ahead of them has been answered; each hears what carries its nonce.
 */
export class HostShell {
  readonly #channel: Channel;
  readonly #listeners = new Map<string, Listener>();
  readonly #ready = Promise.withResolvers<true>();
  #closed = false;
  #alone = false;
  /** Of the request that failed. */
  #status: number | undefined;

  constructor(channel: Channel, { nonce, packed }: { readonly nonce: string; readonly packed: Buffer }) {
    this.#channel = channel;
    channel.stdin.on('error', () => undefined); // the channel's end tells why
    this.#read(nonce, packed);
    void channel.ended.then((end) => {
      this.#closed = true;
      this.#ready.resolve(true);
      const last: ChannelEnd = this.#status === undefined ? end : { type: 'exit', status: this.#status };
      for (const listener of this.#listeners.values()) listener.onOver(last);
      this.#listeners.clear();
    });
  }

  /** Whether it waits for a request. */
  get isIdle(): boolean {
    return this.isOpen && this.#listeners.size === 0;
  }

  /** Whether a request that is sent now will be read. */
  get isOpen(): boolean {
    return !this.#closed && !this.#alone && this.#channel.stdin.writable;
  }

  /** For a request that came with the command. */
  hear(nonce: string, listener: Listener): void {
    this.#listeners.set(nonce, listener);
  }

  async send(request: Sent, listener: Listener): Promise<void> {
    this.hear(request.nonce, listener);
    await this.write(requestLine(request));
  }

  /** The request that was sent last has stdin for itself from now on. */
  handOver(): void {
    this.#alone = true;
  }

  /** Stdin, once the script is loaded: what is written before would be taken for it. */
  async stdin(): Promise<Writable> {
    await this.#ready.promise;
    return this.#channel.stdin;
  }

  async write(text: string): Promise<void> {
    (await this.stdin()).write(text);
  }

  async end(): Promise<void> {
    this.#alone = true;
    (await this.stdin()).end();
  }

  /** Gives the channel up at once. */
  close(): void {
    this.#closed = true;
    this.#channel.close();
  }

  #read(nonce: string, packed: Buffer): void {
    readLines(this.#channel.stdout, (line) => {
      if (line === `@${nonce} script`) this.#channel.stdin.write(packed);
      else if (line === `@${nonce} ready`) this.#ready.resolve(true);
      else this.#dispatch(line);
    });
    readLines(this.#channel.stderr, (line) => this.#noise(line));
  }

  #dispatch(line: string): void {
    for (const [nonce, listener] of this.#listeners) {
      const frame = parseFrame(line, nonce);
      if (!frame) continue;
      if (frame.kind === 'over') this.#over(nonce, Number(frame.fields[0]));
      else listener.onFrame(frame);
      // a verb's last word is its answer: what it left running is nobody's to wait for
      if (frame.kind === 'end' && frame.fields[0] === '0') this.#over(nonce, 0);
      return;
    }
    this.#noise(line);
  }

  #noise(line: string): void {
    if (line === '' || line.startsWith('@')) return;
    for (const listener of this.#listeners.values()) listener.onNoise(line);
  }

  /** After a failure the last words on stderr may still be on their way: the shell ends, and with it the wait for them. */
  #over(nonce: string, status: number): void {
    const listener = this.#listeners.get(nonce)!;
    if (status !== 0) {
      this.#status = status;
      void this.end();
      return;
    }
    this.#listeners.delete(nonce);
    listener.onOver({ type: 'exit', status });
  }
}

function readLines(stream: Channel['stdout'], onLine: (line: string) => void): void {
  const splitter = new LineSplitter();
  stream.on('data', (chunk: Buffer) => splitter.push(chunk).forEach(onLine));
  stream.on('end', () => splitter.end().forEach(onLine));
  stream.on('error', () => undefined); // the channel's end tells why
}
