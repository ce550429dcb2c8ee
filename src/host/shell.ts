import type { Writable } from 'node:stream';
import type { Channel, ChannelEnd } from '../ssh/transport.ts';
import { type Frame, LineSplitter, parseFrame } from './frames.ts';
import type { LoadTrouble } from './not-loaded.ts';
import { requestLine, type Sent } from './request.ts';

/** What is heard of one request. */
export interface Listener {
  onFrame(frame: Frame): void;
  /** A line that is no frame: what a login script or a command has printed. */
  onNoise(line: string): void;
  /** The host went on to what comes next, or the channel has ended. */
  onOver(end: ShellEnd): void;
}

/** `notLoaded`: the channel never came to serve requests. */
export type ShellEnd = ChannelEnd | { readonly type: 'notLoaded'; readonly trouble: LoadTrouble };

export interface ShellOptions {
  /** The shell's own, which its command and every line for it begin with. */
  readonly nonce: string;
  /** The host script, for a host that lacks it. */
  readonly packed: Buffer;
  /** What a login may take until the host script is asked for or there. */
  readonly startMs: number;
}

/**
 * A channel on which the host script is loaded and serves one request after the other. Requests may be sent before the one
 * ahead of them has been answered; each hears what carries its nonce.
 */
export class HostShell {
  readonly #channel: Channel;
  readonly #options: ShellOptions;
  readonly #listeners = new Map<string, Listener>();
  readonly #ready = Promise.withResolvers<true>();
  #closed = false;
  #alone = false;
  /** The request whose payload is on stdin. */
  #filling: string | undefined;
  #over: ShellEnd | undefined;
  #trouble: LoadTrouble | undefined;
  #loading: 'login' | 'script' | 'done' = 'login';
  /** Of the request that failed. */
  #status: number | undefined;

  constructor(channel: Channel, options: ShellOptions) {
    this.#channel = channel;
    this.#options = options;
    channel.stdin.on('error', () => undefined); // the channel's end tells why
    const patience = setTimeout(() => {
      if (this.#loading !== 'login') return;
      this.#trouble = { type: 'silent', ms: options.startMs };
      this.close();
    }, options.startMs);
    const read = this.#read();
    void channel.ended.then(async (end) => {
      clearTimeout(patience);
      this.#closed = true;
      // its end may be known before its last words have been heard; of a lost one no more may come
      if (end.type !== 'lost') await read;
      this.#end(end);
    });
  }

  /** Whether it waits for a request. */
  get isIdle(): boolean {
    return this.isOpen && this.#listeners.size === 0;
  }

  /** Whether a request that is sent now will be read. */
  get isOpen(): boolean {
    return !this.#closed && !this.#alone && this.#filling === undefined && this.#channel.stdin.writable;
  }

  /** For a request that came with the command. */
  hear(nonce: string, listener: Listener): void {
    if (this.#over === undefined) this.#listeners.set(nonce, listener);
    else listener.onOver(this.#over);
  }

  async send(request: Sent, listener: Listener): Promise<void> {
    this.hear(request.nonce, listener);
    await this.write(requestLine(this.#options.nonce, request));
  }

  /** The request that was sent last has stdin for itself from now on. */
  handOver(): void {
    this.#alone = true;
  }

  /** A payload follows the request: nothing may be sent behind that, for what reads it may read more than its part. */
  fill(nonce: string): void {
    this.#filling = nonce;
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

  /** Leaves what comes where it is, and so holds back whoever writes it. */
  pause(): void {
    this.#channel.stdout.pause();
  }

  resume(): void {
    this.#channel.stdout.resume();
  }

  /** Gives the channel up at once. */
  close(): void {
    this.#closed = true;
    this.#channel.close();
  }

  async #read(): Promise<void> {
    const ours = `@${this.#options.nonce} `;
    const stdout = readLines(this.#channel.stdout, (line) => {
      if (line.startsWith(ours)) this.#load(line.slice(ours.length));
      else this.#dispatch(line);
    });
    await Promise.all([stdout, readLines(this.#channel.stderr, (line) => this.#noise(line))]);
  }

  #load(line: string): void {
    const [word, tool = ''] = line.split(' ');
    if (word === 'lacks') this.#trouble = { type: 'lacks', tool };
    if (word === 'script' && this.#loading === 'login') {
      this.#loading = 'script';
      this.#channel.stdin.write(this.#options.packed);
    }
    if (word === 'ready') {
      this.#loading = 'done';
      this.#ready.resolve(true);
    }
  }

  #end(end: ChannelEnd): void {
    this.#ready.resolve(true);
    this.#over = this.#lastWord(end);
    for (const listener of this.#listeners.values()) listener.onOver(this.#over);
    this.#listeners.clear();
  }

  #lastWord(end: ChannelEnd): ShellEnd {
    if (this.#status !== undefined) return { type: 'exit', status: this.#status };
    if (this.#loading === 'done') return end;
    if (this.#trouble) return { type: 'notLoaded', trouble: this.#trouble };
    if (end.type === 'lost') return end;
    const how = end.type === 'exit' ? `status ${end.status}` : `signal ${end.signal}`;
    return { type: 'notLoaded', trouble: { type: 'ended', how } };
  }

  #dispatch(line: string): void {
    for (const [nonce, listener] of this.#listeners) {
      const frame = parseFrame(line, nonce);
      if (!frame) continue;
      if (frame.kind === 'over') this.#finish(nonce, Number(frame.fields[0]));
      else listener.onFrame(frame);
      // a verb's last word is its answer: what it left running is nobody's to wait for
      if (frame.kind === 'end' && frame.fields[0] === '0') this.#finish(nonce, 0);
      return;
    }
    this.#noise(line);
  }

  #noise(line: string): void {
    if (line === '' || line.startsWith('@')) return;
    for (const listener of this.#listeners.values()) listener.onNoise(line);
  }

  /** After a failure the last words on stderr may still be on their way: the shell ends, and with it the wait for them. */
  #finish(nonce: string, status: number): void {
    const listener = this.#listeners.get(nonce)!;
    if (status !== 0) {
      this.#status = status;
      void this.end();
      return;
    }
    this.#listeners.delete(nonce);
    if (this.#filling === nonce) this.#filling = undefined;
    listener.onOver({ type: 'exit', status });
  }
}

/** Settles when all of it has been read. */
function readLines(stream: Channel['stdout'], onLine: (line: string) => void): Promise<void> {
  const splitter = new LineSplitter();
  stream.on('data', (chunk: Buffer) => splitter.push(chunk).forEach(onLine));
  stream.on('end', () => splitter.end().forEach(onLine));
  stream.on('error', () => undefined); // the channel's end tells why
  return new Promise((resolve) => (stream.closed ? resolve() : stream.once('close', resolve)));
}
