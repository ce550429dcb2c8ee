import { Transform } from 'node:stream';
import type { ChannelEnd } from '../transport.ts';

/** What follows the mark: "+ PID", or "= STATUS SIGNAL". */
const WORDS = /^(?:\+ (?<pid>\d+)|= (?<status>\d+) (?<signal>[\w+-]*))\n/;

/** Longer than any such words. */
const LONGEST = 64;

/**
 * Takes the lines that `wrapCommand` marks out of a command's errors, wherever they stand: the errors before one need not
 * end a line.
 */
export class MarkFilter extends Transform {
  /** The process of the command on the host, once it has begun. */
  pid: number | undefined;
  /** How the command ended. */
  told: ChannelEnd | undefined;
  readonly #mark: Buffer;
  #held: Buffer = Buffer.alloc(0);

  constructor(mark: string) {
    super();
    this.#mark = Buffer.from(`${mark} `);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    let rest = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    for (let start = rest.indexOf(this.#mark); start !== -1; start = rest.indexOf(this.#mark)) {
      const words = rest.toString('latin1', start + this.#mark.length, start + this.#mark.length + LONGEST);
      if (!words.includes('\n') && words.length < LONGEST) break;
      const line = WORDS.exec(words);
      // somebody may show the whole command, the mark in it
      const after = start + this.#mark.length;
      this.#pass(rest.subarray(0, line === null ? after : start));
      rest = rest.subarray(after + (line?.[0].length ?? 0));
      if (line?.groups !== undefined) this.#read(line.groups);
    }
    const from = this.#beginning(rest);
    this.#pass(rest.subarray(0, from));
    this.#held = rest.subarray(from);
    callback();
  }

  override _flush(callback: () => void): void {
    this.#pass(this.#held);
    callback();
  }

  #pass(bytes: Buffer): void {
    if (bytes.length > 0) this.push(bytes);
  }

  /** Where a mark begins that is not complete yet. */
  #beginning(bytes: Buffer): number {
    const whole = bytes.indexOf(this.#mark);
    if (whole !== -1) return whole;
    const longest = Math.min(this.#mark.length - 1, bytes.length);
    for (let length = longest; length > 0; length -= 1) {
      const from = bytes.length - length;
      if (bytes.subarray(from).equals(this.#mark.subarray(0, length))) return from;
    }
    return bytes.length;
  }

  #read({ pid, status, signal = '' }: Readonly<Record<string, string | undefined>>): void {
    if (pid !== undefined) this.pid = Number(pid);
    if (status !== undefined) this.told = endOf(Number(status), signal);
  }
}

/** A name only where a program can have died of that signal: 128 + n for any other n is a status that it chose. */
function endOf(status: number, signal: string): ChannelEnd {
  const name = signal.replace(/^SIG/, '');
  if (/^(?!RT)[A-Z]+\d?$/.test(name)) return { type: 'signal', signal: `SIG${name}` };
  return { type: 'exit', status };
}
