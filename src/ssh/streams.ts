import { Readable, Writable } from 'node:stream';

/** What becomes of output while nobody has begun to read it: it stalls the channel, or only its last bytes are kept. */
export type Unread = 'stall' | 'keepLast';

const KEPT_BYTES = 64 << 10;

/**
 * One output of a channel. It pulls from its source only on `readable`, which comes from a fresh stack: ssh2 pushes data
 * while it parses, and an exception thrown by a listener in there would end the connection for every channel.
 */
export class Output extends Readable {
  readonly #source: Readable;
  readonly #unread: Unread;
  readonly #over = Promise.withResolvers<true>();
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #wanted = false;
  #discarding = false;
  #ended = false;

  constructor(source: Readable, unread: Unread = 'stall') {
    super();
    this.#source = source;
    this.#unread = unread;
    source.on('readable', () => this.#pull()).on('end', () => this.finish());
    source.on('error', () => undefined);
    this.once('close', () => this.#over.resolve(true));
    // what came before the listener has told of itself already; and an end is told only to who asks for more
    queueMicrotask(() => {
      if (this.#unattended) this.#pull();
      else this.read(0);
    });
  }

  /** Settles when no more comes and nothing is left for a reader that one may wait for. */
  get over(): Promise<true> {
    return this.#over.promise;
  }

  override _read(): void {
    this.#wanted = true;
    this.#giveKept();
    this.#pull();
  }

  /** A reader that left early must not stall the channel: what still comes is thrown away. */
  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#discard();
    callback(error);
  }

  /** No more comes: readers see the end after what they have not read yet. */
  finish(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#unattended || this.#isUntouched) this.#over.resolve(true);
    this.#giveKept();
    this.push(null);
    this.#discard();
  }

  get #unattended(): boolean {
    return this.#unread === 'keepLast' && this.readableFlowing === null;
  }

  /** Nothing came, and nobody asked. */
  get #isUntouched(): boolean {
    return this.readableFlowing === null && this.readableLength === 0;
  }

  #discard(): void {
    this.#discarding = true;
    this.#pull();
  }

  #pull(): void {
    while (this.#wanted || this.#discarding || this.#unattended) {
      const chunk = this.#source.read() as Buffer | null;
      if (chunk === null) return;
      if (this.#discarding) continue;
      if (this.#wanted) this.#wanted = this.push(chunk);
      else this.#keep(chunk);
    }
  }

  #keep(chunk: Buffer): void {
    this.#kept.push(chunk);
    this.#keptBytes += chunk.length;
    while (this.#keptBytes - this.#kept[0]!.length >= KEPT_BYTES) this.#keptBytes -= this.#kept.shift()!.length;
  }

  #giveKept(): void {
    for (const chunk of this.#kept) this.#wanted = this.push(chunk);
    this.#kept = [];
    this.#keptBytes = 0;
  }
}

/**
 * The input of a channel's command. Ending it ends the input; destroying it does not, so that half a payload is never
 * taken for a whole one: close the channel then.
 */
export class Input extends Writable {
  readonly #target: Writable;

  constructor(target: Writable) {
    super();
    this.#target = target;
    target.on('error', () => undefined);
    // how the command ended is told by the channel; a late write must not end the process
    this.on('error', () => undefined);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    // ssh2 calls back while it parses, where whatever a listener of "drain" throws would end the connection
    this.#target.write(chunk, (error) => queueMicrotask(() => callback(error)));
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#target.end(() => queueMicrotask(callback));
  }
}
