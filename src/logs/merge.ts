import type { LogRecord } from './record.ts';

/** How long a line waits for older ones of other sources, ms. */
export const WATERMARK_MS = 200;

interface Waiting {
  readonly record: LogRecord;
  /** What it is ordered by: its time, but never before a line of its source that came ahead of it. */
  readonly key: number;
  /** When it came in. */
  readonly at: number;
  readonly lane: Lane;
}

/** What comes over one way, in the order of time as far as its host's clock goes. */
interface Lane {
  /** Its lines are still those of the past: what is younger than the last of them waits for it. */
  isBehind: boolean;
  last: number;
  /** Of its lines that wait: their characters, and what a line takes besides. */
  load: number;
}

export interface MergeOptions {
  readonly delayMs?: number;
  /** `in any order`: sources do not tell their lines in the order in which they were written, so that only times count. */
  readonly told?: 'in order' | 'in any order';
}

/** What a line without any text takes, in characters. */
const LINE_LOAD = 300;

/**
 * Puts lines of many sources in the order of their times. A line waits for `delayMs` and no longer, so a source that is
 * quiet, slow or dead holds nothing up; one that comes after younger ones were passed on is passed on at once, and marked.
 * Lines of one source stay in the order in which they came, whatever its clock does. Only a lane that is `behind` is waited for
 * however long it takes, so that a long past of many hosts comes in order without being held as a whole.
 */
export class Merge {
  readonly delayMs: number;
  readonly told: 'in order' | 'in any order';
  private waiting: Waiting[] = [];
  private readonly lastOf = new Map<string, number>();
  private readonly lanes = new Map<unknown, Lane>();
  /** The youngest time that was passed on. */
  private passed = -Infinity;

  constructor({ delayMs = WATERMARK_MS, told = 'in order' }: MergeOptions = {}) {
    this.delayMs = delayMs;
    this.told = told;
  }

  get size(): number {
    return this.waiting.length;
  }

  /** How much of a lane waits, in characters. */
  loadOf(lane: unknown): number {
    return this.lanes.get(lane)?.load ?? 0;
  }

  isBehind(lane: unknown): boolean {
    return this.lanes.get(lane)?.isBehind ?? false;
  }

  behind(lane: unknown): void {
    this.#lane(lane).isBehind = true;
  }

  caughtUp(lane: unknown): void {
    this.#lane(lane).isBehind = false;
  }

  /** A line that nobody wants has come, so nothing older will. */
  reach(lane: unknown, t: number): void {
    const own = this.#lane(lane);
    own.last = Math.max(own.last, t);
  }

  /** `now` may never go back. */
  push(record: LogRecord, now: number, lane: unknown = record.source): void {
    const before = this.told === 'in order' ? this.lastOf.get(record.source) : undefined;
    const key = Math.max(record.t, before ?? -Infinity);
    this.lastOf.set(record.source, key);
    const own = this.#lane(lane);
    own.last = Math.max(own.last, key);
    own.load += loadOf(record);
    this.waiting.push({ record, key, at: now, lane: own });
  }

  /** Lines that have waited long enough, and all that belong before them. */
  take(now: number): LogRecord[] {
    const behind = [...this.lanes.values()].filter(({ isBehind }) => isBehind);
    const until = behind.length === 0 ? this.#due(now) : Math.min(...behind.map(({ last }) => last));
    const isDue =
      behind.length === 0
        ? ({ key }: Waiting) => key <= until
        : ({ key, at }: Waiting) => key <= until && Math.min(key, at) <= now - this.delayMs;
    const taken = this.waiting.filter(isDue);
    if (taken.length === 0) return [];
    this.waiting = this.waiting.filter((one) => !isDue(one));
    return this.pass(taken, now);
  }

  /** All there is, in order: nothing more is waited for. */
  flush(now: number): LogRecord[] {
    const taken = this.waiting;
    this.waiting = [];
    return this.pass(taken, now);
  }

  /** The youngest of those that have waited long enough. */
  #due(now: number): number {
    let until = -Infinity;
    for (const { at, key } of this.waiting) {
      if (at > now - this.delayMs) break;
      until = Math.max(until, key);
    }
    return until;
  }

  #lane(of: unknown): Lane {
    const found = this.lanes.get(of);
    if (found) return found;
    const lane: Lane = { isBehind: false, last: -Infinity, load: 0 };
    this.lanes.set(of, lane);
    return lane;
  }

  private pass(taken: Waiting[], now: number): LogRecord[] {
    const { passed } = this;
    // stable: what came first stays first where times are the same
    taken.sort((one, other) => one.key - other.key);
    // a line from the future (a clock that was set) must not make all others late
    const last = Math.min(taken.at(-1)?.key ?? -Infinity, now);
    this.passed = Math.max(passed, last);
    return taken.map(({ record, key, lane }) => {
      lane.load -= loadOf(record);
      return key < passed ? { ...record, isLate: true } : record;
    });
  }
}

function loadOf({ text }: LogRecord): number {
  return LINE_LOAD + text.length;
}
