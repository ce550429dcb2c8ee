import type { Clock } from '../base/clock.ts';
import { sanitise } from '../base/sanitise.ts';
import type { LogsOptions } from '../host/logs.ts';
import type { HostClient } from '../host/verbs.ts';
import { followSource, type Following, type SourceNotice } from './follow-source.ts';
import { type HostSource, narrowed, type SourceLine } from './host-source.ts';
import { createLineReader, type LineReader } from './line-reader.ts';
import { Merge } from './merge.ts';
import type { LogRecord } from './record.ts';

export interface LogStreamOptions extends Pick<Following, 'start' | 'until' | 'follow' | 'signal' | 'retried'> {
  readonly clock: Clock;
  readonly clients: ReadonlyMap<string, HostClient>;
  readonly sources: readonly HostSource[];
  readonly least?: LogsOptions['least'];
  /** In the order of their times, as far as that goes; never none. */
  readonly onRecords: (records: readonly LogRecord[]) => void;
  readonly onNotice: (notice: LogNotice) => void;
}

/** What is said of the log of instances besides its lines. */
export type LogNotice = SourceNotice & { readonly host: string; readonly instances: readonly string[] };

/** How often lines that have waited are passed on, ms: smooth to the eye. */
const PACE_MS = 50;
/** The last lines of all sources are put in order before anything is shown; the slowest is waited for so long, ms. */
const OPENING_MS = 3000;
/** A source that says nothing for so long after it was opened has told what it had, ms. */
const CAUGHT_UP_MS = 150;

const NARROW = new Error('only the text of one unit after the other may be read');

/** Reads sources on many hosts into one stream; settles when all have ended, or the signal is aborted. Never throws. */
export async function streamLogs(options: LogStreamOptions): Promise<void> {
  const { sources, clients, signal, follow, onNotice } = options;
  const mouth = new Mouth(options);
  const one = async (source: HostSource): Promise<void> => {
    const host = clients.get(source.host);
    if (!host) return;
    const instances = source.instances.map(({ id }) => id);
    const ends = new AbortController();
    await followSource({
      ...options,
      ...{ host, source, signal: AbortSignal.any([signal, ends.signal]) },
      onLine: (line, offset) => mouth.take(source, line, offset),
      onNotice: (notice) => {
        if (notice.type === 'trouble' && notice.code === 'SLIP_LOG_NARROW') {
          ends.abort(NARROW);
          return;
        }
        if (notice.type === 'opened') mouth.opened(source);
        if (notice.type === 'trouble') mouth.caughtUp(source);
        onNotice({ ...notice, host: source.host, instances });
      },
    });
    if (ends.signal.reason === NARROW && !signal.aborted) await Promise.all(narrowed(source).map(one));
    mouth.caughtUp(source);
  };
  if (follow === 'follow') mouth.open(sources);
  await Promise.all(sources.map(one));
  mouth.end();
}

type Untimed = Omit<LogRecord, 't'>;

/** Where all lines come together: read, put in order, passed on. */
class Mouth {
  readonly #options: LogStreamOptions;
  readonly #merge: Merge;
  readonly #readers = new Map<string, LineReader>();
  /** Sources whose last lines are still coming; nothing is passed on before. */
  readonly #opening = new Set<HostSource>();
  readonly #heardAt = new Map<HostSource, number>();
  /** Times of the lines that told one last, by their sources. */
  readonly #lastTimed = new Map<string, number>();
  /** Lines of the past that tell no time, and that no other of their source has told one before. */
  readonly #waiting = new Map<string, Untimed[]>();
  #isTicking = false;

  constructor(options: LogStreamOptions) {
    this.#options = options;
    this.#merge = new Merge(options.follow === 'follow' ? {} : { delayMs: Infinity });
  }

  open(sources: readonly HostSource[]): void {
    const { clock, signal } = this.#options;
    sources.forEach((source) => this.#opening.add(source));
    clock.sleep(OPENING_MS, signal).then(
      () => [...this.#opening].forEach((source) => this.caughtUp(source)),
      () => undefined,
    );
  }

  opened(source: HostSource): void {
    if (!this.#opening.has(source)) return;
    this.#heardAt.set(source, this.#options.clock.now());
    void this.#catchUp(source);
  }

  caughtUp(source: HostSource): void {
    this.#opening.delete(source);
    for (const { id } of source.instances) this.#release(id, this.#options.clock.now());
    void this.#tick();
  }

  take(source: HostSource, line: SourceLine, offset: number): void {
    const now = this.#options.clock.now();
    const parsed = this.#reader(line.source).read(line);
    const text = parsed.format === 'plain' ? parsed.message : sanitise(line.text);
    const record = { ...parsed, source: line.source, text, isLate: false };
    const theirs = line.t ?? parsed.t;
    if (this.#opening.has(source)) this.#heardAt.set(source, now);
    if (theirs !== undefined) this.#timed(record, theirs + offset);
    else if (this.#isPast(source)) this.#untimed(record);
    else this.#push(record, now);
    void this.#tick();
  }

  /** Whether what comes now was written some time ago. */
  #isPast(source: HostSource): boolean {
    return this.#options.follow === 'to the end' || this.#opening.has(source);
  }

  #timed(record: Untimed, t: number): void {
    this.#release(record.source, t);
    this.#lastTimed.set(record.source, t);
    this.#push(record, t);
  }

  /** A line of the past that tells no time was written when those around it were: the one before, else the one after. */
  #untimed(record: Untimed): void {
    const t = this.#lastTimed.get(record.source);
    const waiting = this.#waiting.get(record.source);
    if (t !== undefined) this.#push(record, t);
    else if (waiting) waiting.push(record);
    else this.#waiting.set(record.source, [record]);
  }

  #release(source: string, t: number): void {
    const waiting = this.#waiting.get(source);
    if (!waiting) return;
    this.#waiting.delete(source);
    for (const record of waiting) this.#push(record, t);
  }

  #push(record: Untimed, t: number): void {
    this.#merge.push({ ...record, t }, this.#options.clock.now());
  }

  end(): void {
    this.#pass(this.#merge.flush(this.#options.clock.now()));
  }

  #reader(source: string): LineReader {
    const found = this.#readers.get(source);
    if (found) return found;
    const reader = createLineReader({ now: () => this.#options.clock.now() });
    this.#readers.set(source, reader);
    return reader;
  }

  async #catchUp(source: HostSource): Promise<void> {
    const { clock, signal } = this.#options;
    try {
      while (this.#opening.has(source)) {
        const quietMs = clock.now() - this.#heardAt.get(source)!;
        if (quietMs >= CAUGHT_UP_MS) break;
        await clock.sleep(CAUGHT_UP_MS - quietMs, signal);
      }
    } catch {
      return; // aborted
    }
    this.caughtUp(source);
  }

  /** Runs only while something waits: a quiet log costs nothing. */
  async #tick(): Promise<void> {
    if (this.#isTicking || this.#options.follow !== 'follow') return;
    this.#isTicking = true;
    const { clock, signal } = this.#options;
    try {
      while (this.#merge.size > 0) {
        await clock.sleep(PACE_MS, signal);
        if (this.#opening.size === 0) this.#pass(this.#merge.take(clock.now()));
      }
    } catch {
      return; // aborted
    } finally {
      this.#isTicking = false;
    }
  }

  #pass(records: readonly LogRecord[]): void {
    if (records.length > 0 && !this.#options.signal.aborted) this.#options.onRecords(records);
  }
}
