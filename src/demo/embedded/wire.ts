import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/**
 * The way between clients and one host: what enters comes out in the same order, `delayMs` later, or not at all while the
 * line is stalled. Its queue needs no bound of its own: SSH's windows bound what an authenticated peer can have under way.
 */
export class Line {
  readonly #delayMs: number;
  #held: (() => void)[] | undefined;

  constructor(delayMs: number) {
    this.#delayMs = delayMs;
  }

  carry(deliver: () => void): void {
    if (this.#delayMs === 0) this.#arrive(deliver);
    else setTimeout(() => this.#arrive(deliver), this.#delayMs);
  }

  /** From now on nothing arrives, in either direction, and no connection ends: a partition, seen from both sides. */
  stall(): void {
    this.#held ??= [];
  }

  /** Everything held back arrives, and the line works again. */
  flow(): void {
    const held = this.#held ?? [];
    // What is delivered may send more at once, which has to queue up behind what is still held.
    for (let deliver = held.shift(); deliver !== undefined; deliver = held.shift()) deliver();
    this.#held = undefined;
  }

  #arrive(deliver: () => void): void {
    if (this.#held === undefined) deliver();
    else this.#held.push(deliver);
  }
}

/** A socket at the far end of a line. */
export class Wire extends Duplex {
  readonly #socket: Socket;
  readonly #line: Line;

  constructor(socket: Socket, line: Line) {
    super({ allowHalfOpen: false });
    this.#socket = socket;
    this.#line = line;
    socket.on('data', (piece) => line.carry(() => this.#take(piece)));
    socket.on('end', () => line.carry(() => this.#take(null)));
    // A reset shows as `error` and then `close`; the second says enough.
    socket.on('error', () => undefined);
    socket.on('close', () => this.destroy());
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(piece: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#line.carry(() => {
      if (this.#socket.writable) this.#socket.write(piece);
    });
    done();
  }

  override _final(done: () => void): void {
    this.#line.carry(() => this.#socket.end());
    done();
  }

  /** Ending both directions destroys this side at once, while the last bytes are still on the line. */
  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#line.carry(() => this.#socket.destroySoon());
    done(error);
  }

  #take(piece: Buffer | null): void {
    if (this.destroyed || this.readableEnded) return;
    if (!this.push(piece) && piece !== null) this.#socket.pause();
  }
}
