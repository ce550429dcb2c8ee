import type { LogRecord } from './record.ts';

/** How long a line waits for older ones of other sources, ms. */
export const WATERMARK_MS = 200;

interface Waiting {
  readonly record: LogRecord;
  /** What it is ordered by: its time, but never before a line of its source that came ahead of it. */
  readonly key: number;
  /** When it came in. */
  readonly at: number;
}

/**
 * Puts lines of many sources in the order of their times. A line waits for `delayMs` and no longer, so a source that is
 * quiet, slow or dead holds nothing up; one that comes after younger ones were passed on is passed on at once, and marked.
 * Lines of one source stay in the order in which they came, whatever its clock does.
 */
export class Merge {
  readonly delayMs: number;
  private waiting: Waiting[] = [];
  private readonly lastOf = new Map<string, number>();
  /** The youngest time that was passed on. */
  private passed = -Infinity;

  constructor({ delayMs = WATERMARK_MS }: { readonly delayMs?: number } = {}) {
    this.delayMs = delayMs;
  }

  get size(): number {
    return this.waiting.length;
  }

  /** `now` may never go back. */
  push(record: LogRecord, now: number): void {
    const key = Math.max(record.t, this.lastOf.get(record.source) ?? -Infinity);
    this.lastOf.set(record.source, key);
    this.waiting.push({ record, key, at: now });
  }

  /** Lines that have waited long enough, and all that belong before them. */
  take(now: number): LogRecord[] {
    const firstYoung = this.waiting.findIndex(({ at }) => at > now - this.delayMs);
    const due = firstYoung === -1 ? this.waiting.length : firstYoung;
    if (due === 0) return [];
    let until = -Infinity;
    for (let index = 0; index < due; index += 1) until = Math.max(until, this.waiting[index]!.key);
    const young = this.waiting.slice(due);
    const taken = this.waiting.slice(0, due).concat(young.filter(({ key }) => key <= until));
    this.waiting = young.filter(({ key }) => key > until);
    return this.pass(taken, now);
  }

  /** All there is, in order: nothing more is waited for. */
  flush(now: number): LogRecord[] {
    const taken = this.waiting;
    this.waiting = [];
    return this.pass(taken, now);
  }

  private pass(taken: Waiting[], now: number): LogRecord[] {
    const { passed } = this;
    // stable: what came first stays first where times are the same
    taken.sort((one, other) => one.key - other.key);
    // a line from the future (a clock that was set) must not make all others late
    const last = Math.min(taken.at(-1)?.key ?? -Infinity, now);
    this.passed = Math.max(passed, last);
    return taken.map(({ record, key }) => (key < passed ? { ...record, isLate: true } : record));
  }
}
