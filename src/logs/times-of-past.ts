import type { LogRecord } from './record.ts';

export type Untimed = Omit<LogRecord, 't'>;

/** A source that has told so many lines without a time at its beginning has none. */
const MOST_UNTIMED = 1000;

/** Gives lines of the past that tell no time that of their neighbours: of the one before in their source, else of the one after. */
export class TimesOfPast {
  readonly #push: (record: LogRecord) => void;
  /** Times of the lines that told one last, by their sources. */
  readonly #last = new Map<string, number>();
  /** Lines that no other of their source has told a time before. */
  readonly #waiting = new Map<string, Untimed[]>();

  constructor(push: (record: LogRecord) => void) {
    this.#push = push;
  }

  timed(record: Untimed, t: number): void {
    this.release(record.source, t);
    this.#last.set(record.source, t);
    this.#push({ ...record, t });
  }

  untimed(record: Untimed, now: number): void {
    const t = this.#last.get(record.source);
    if (t !== undefined) {
      this.#push({ ...record, t });
      return;
    }
    const waiting = this.#waiting.get(record.source) ?? [];
    waiting.push(record);
    this.#waiting.set(record.source, waiting);
    if (waiting.length < MOST_UNTIMED) return;
    this.release(record.source, now);
    this.#last.set(record.source, now);
  }

  /** No line with a time follows those that wait for one, or one with this. */
  release(source: string, t: number): void {
    const waiting = this.#waiting.get(source);
    if (!waiting) return;
    this.#waiting.delete(source);
    for (const record of waiting) this.#push({ ...record, t });
  }
}
