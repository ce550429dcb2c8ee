import { Duplex } from 'node:stream';
import type { Readable, Writable } from 'node:stream';
import { Input, Output } from './streams.ts';

/** What carries the bytes of one SSH connection: a socket, a channel through another host, the pipes of a command. */
export interface Wire extends Duplex {
  /** Bytes that came from the other side: the only sign of life that counts. */
  readonly bytesRead: number;
  /** What a command that carries the bytes has said beside them, for a message. */
  notes?(): readonly string[];
}

/** The two ends of what becomes a wire. */
export interface Ends {
  readonly input: Writable;
  readonly output: Readable;
  /** Gives both up at once. */
  close(): void;
  /** Settles when the other side will never send again; with an error where that is the reason for it. */
  readonly over: Promise<Error | undefined>;
  notes?(): readonly string[];
}

/**
 * A wire made of two ends. Bytes pass through streams of our own, so that an SSH connection inside another one is never
 * parsed on the stack of the outer one.
 */
export class PairedWire extends Duplex implements Wire {
  bytesRead = 0;
  readonly #ends: Ends;
  readonly #input: Input;
  readonly #output: Output;

  constructor(ends: Ends) {
    super();
    this.#ends = ends;
    this.#input = new Input(ends.input);
    this.#output = new Output(ends.output);
    this.#output.on('data', (chunk: Buffer) => {
      this.bytesRead += chunk.length;
      if (!this.push(chunk)) this.#output.pause();
    });
    // as with a socket whose peer hangs up: the end is told when its reason is known
    this.#output.once('end', () => void ends.over.then((error) => this.#end(error)));
  }

  #end(error: Error | undefined): void {
    if (error !== undefined) this.destroy(error);
    else this.push(null);
  }

  notes(): readonly string[] {
    return this.#ends.notes?.() ?? [];
  }

  override _read(): void {
    this.#output.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#input.write(chunk, (error) => this.#written(error, callback));
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#input.end((error?: Error | null) => this.#written(error, callback));
  }

  /** That nobody takes what is written is only how the end shows first. */
  #written(error: Error | null | undefined, callback: (error?: Error | null) => void): void {
    if (error) void this.#ends.over.then((reason) => callback(reason ?? error));
    else callback();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#output.destroy();
    this.#input.destroy();
    this.#ends.close();
    callback(error);
  }
}
