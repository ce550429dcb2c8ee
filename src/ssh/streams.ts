import { Readable, Writable } from 'node:stream';

/**
 * One output of a channel. It pulls from ssh2's stream only on `readable`, which comes from a fresh stack: ssh2 pushes
 * data while it parses, and an exception thrown by a listener in there would end the connection for every channel.
 */
export class Output extends Readable {
  readonly #source: Readable;
  #wanted = false;
  #discarding = false;
  #ended = false;

  constructor(source: Readable) {
    super();
    this.#source = source;
    source.on('readable', () => this.#pull()).on('end', () => this.finish());
    source.on('error', () => undefined);
  }

  override _read(): void {
    this.#wanted = true;
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
    this.push(null);
    this.#discard();
  }

  #discard(): void {
    this.#discarding = true;
    this.#pull();
  }

  #pull(): void {
    while (this.#wanted || this.#discarding) {
      const chunk = this.#source.read() as Buffer | null;
      if (chunk === null) return;
      if (!this.#discarding) this.#wanted = this.push(chunk);
    }
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
