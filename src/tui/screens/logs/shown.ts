import type { LogEntry, LogRing } from './ring.ts';

/** Whether a line is one of those that are wanted. */
export type Wanted = (entry: LogEntry) => boolean;

/** As many may have been dropped before they are really taken out of the array. */
const SLACK = 4096;

/**
 * The lines that pass the filter, in order. Every line is looked at once: when it comes, not when it is drawn. Changed in
 * place, as the ring is; another filter makes another one.
 */
export class Shown {
  readonly wanted: Wanted;
  private entries: LogEntry[] = [];
  private head = 0;
  private words = 0;
  /** The number of the next line to look at. */
  private seen = 0;
  /** Wanted lines that came after those that are shown. */
  waiting = 0;

  constructor(wanted: Wanted, lines: readonly LogEntry[] = []) {
    this.wanted = wanted;
    this.append(lines);
  }

  /** How many of those that are shown are lines of a log. */
  get lines(): number {
    return this.length - this.words;
  }

  get length(): number {
    return this.entries.length - this.head;
  }

  at(index: number): LogEntry | undefined {
    return index < 0 ? undefined : this.entries[this.head + index];
  }

  /** Shows what has come, and forgets what the ring has dropped. */
  take(ring: LogRing): void {
    this.append(ring.from(this.seen));
    while ((this.at(0)?.seq ?? Infinity) < ring.first) {
      if (this.at(0)?.kind !== 'line') this.words -= 1;
      this.head += 1;
    }
    if (this.head > SLACK) {
      this.entries = this.entries.slice(this.head);
      this.head = 0;
    }
  }

  /** Counts what has come, and leaves what is shown as it is. */
  wait(ring: LogRing): void {
    for (let seq = Math.max(this.seen, ring.first); seq < ring.next; seq += 1) {
      if (this.wanted(ring.at(seq)!)) this.waiting += 1;
    }
    this.seen = ring.next;
  }

  append(lines: readonly LogEntry[]): void {
    for (const entry of lines) {
      if (this.wanted(entry)) {
        this.entries.push(entry);
        if (entry.kind !== 'line') this.words += 1;
      }
      this.seen = entry.seq + 1;
    }
  }

  /** The last line that is not newer than that one; -1 when all are. */
  indexOf(seq: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.at(middle)!.seq <= seq) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** The next line of a kind from there, in that direction; -1 when there is none. */
  find(is: Wanted, from: number, step: 1 | -1): number {
    for (let index = from + step; index >= 0 && index < this.length; index += step) {
      if (is(this.at(index)!)) return index;
    }
    return -1;
  }

  all(): readonly LogEntry[] {
    return this.entries.slice(this.head);
  }
}
