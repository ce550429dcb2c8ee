import type { LogRecord } from '../../../logs/record.ts';

/**
 * A line as it comes in. `gap`: not a line of the log, but a word on what is missing there; `trouble`: why nothing comes;
 * `mark`: what was done to the instances at that time.
 */
export interface Arrival extends LogRecord {
  readonly kind: 'line' | 'gap' | 'trouble' | 'mark';
}

/** A line that is kept. `seq` grows by one with every line that ever came. */
export interface LogEntry extends Arrival {
  readonly seq: number;
}

const WORDS = { level: undefined, format: 'plain', fields: {}, isLate: false } as const;

/** No line of a log, but a word on it. */
export function wordOn({ kind, ...word }: Word): Arrival {
  return { ...WORDS, ...word, kind, message: word.text };
}

type Word = Pick<Arrival, 'source' | 't' | 'text'> & { readonly kind: Exclude<Arrival['kind'], 'line'> };

export interface RingLimits {
  readonly lines: number;
  readonly characters: number;
}

export const RING: RingLimits = { lines: 100_000, characters: 40_000_000 };

/**
 * The newest lines; the oldest leave when there are too many. Taking one in costs the same however many are kept.
 *
 * This is the one part of the state that is changed in place, since ten thousand lines a second cannot be copied for each
 * frame. It only ever grows at its end and shrinks at its beginning: an entry never changes and its `seq` means the same for
 * ever. Only the reducer puts lines in, and makes a new state each time, so that whoever looks at states sees that they differ.
 */
export class LogRing {
  private readonly limits: RingLimits;
  private readonly slots: (LogEntry | undefined)[];
  private characters = 0;
  /** How many of those that are kept are no lines of a log. */
  words = 0;
  /** The oldest line that is kept: as many have been dropped. */
  first = 0;
  /** The line that comes next. */
  next = 0;

  constructor(limits: RingLimits = RING) {
    this.limits = limits;
    this.slots = new Array<LogEntry | undefined>(limits.lines);
  }

  push(line: Arrival): LogEntry {
    const entry = { ...line, seq: this.next };
    if (this.next - this.first >= this.limits.lines) this.drop();
    this.slots[this.next % this.limits.lines] = entry;
    this.next += 1;
    if (entry.kind !== 'line') this.words += 1;
    this.characters += entry.text.length;
    while (this.characters > this.limits.characters && this.next - this.first > 1) this.drop();
    return entry;
  }

  /** The line of that number; undefined when it has been dropped or has not come yet. */
  at(seq: number): LogEntry | undefined {
    return seq < this.first || seq >= this.next ? undefined : this.slots[seq % this.limits.lines];
  }

  /** All that are kept from that number on. */
  from(seq: number): LogEntry[] {
    const start = Math.max(seq, this.first);
    return Array.from({ length: Math.max(0, this.next - start) }, (_, index) => this.at(start + index)!);
  }

  private drop(): void {
    const slot = this.first % this.limits.lines;
    const gone = this.slots[slot];
    this.characters -= gone?.text.length ?? 0;
    if (gone && gone.kind !== 'line') this.words -= 1;
    this.slots[slot] = undefined;
    this.first += 1;
  }
}
