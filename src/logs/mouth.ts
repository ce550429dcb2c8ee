import { sanitise } from '../base/sanitise.ts';
import { Valve } from '../base/valve.ts';
import type { HostSource, SourceLine } from './host-source.ts';
import { createLineReader, type LineReader } from './line-reader.ts';
import { Merge } from './merge.ts';
import type { LogRecord } from './record.ts';
import type { LogStreamOptions } from './stream.ts';
import { TimesOfPast } from './times-of-past.ts';

/** How often lines that have waited are passed on, ms: smooth to the eye. */
const PACE_MS = 50;
/** The last lines of all sources are put in order before anything is shown; the slowest is waited for so long, ms. */
const OPENING_MS = 3000;
/** A source that says nothing for so long after it was opened has told what it had, ms. */
const CAUGHT_UP_MS = 150;
/** And so has one whose lines are no older than this, ms. */
const NEWS_MS = 1000;
/** So much may wait of all sources together, in characters, and of each one: else its host is held back. */
const MOST_LOAD = 15_000_000;
const [LEAST_SHARE, LARGEST_SHARE] = [500_000, 1_500_000];
/** Records that are passed on at once. */
const MOST_AT_ONCE = 2000;

type Options = Pick<
  LogStreamOptions,
  'clock' | 'signal' | 'follow' | 'least' | 'sources' | 'onRecords' | 'isWanted' | 'room'
>;

/** Where all lines come together: read, put in order, passed on. Holds hosts back that tell more than can be passed on. */
export class Mouth {
  readonly #options: Options;
  readonly #merge: Merge;
  /** What of one source may wait, in characters. */
  readonly #share: number;
  readonly #readers = new Map<string, LineReader>();
  readonly #past = new Map<HostSource, TimesOfPast>();
  readonly #valves = new Map<HostSource, Valve>();
  readonly #heardAt = new Map<HostSource, number>();
  /** Lines are passed on meanwhile. */
  #passing: Promise<void> | undefined;
  #full = Promise.withResolvers<true>();

  constructor(options: Options) {
    const { follow, least, sources } = options;
    this.#options = options;
    this.#share = Math.max(LEAST_SHARE, Math.min(LARGEST_SHARE, MOST_LOAD / sources.length));
    // what is told in any order can be put in order at the end only
    this.#merge = new Merge(least ? { told: 'in any order' } : follow === 'follow' ? {} : { delayMs: 0 });
  }

  /** It is going to be read: its past comes first. */
  open(source: HostSource): void {
    this.#merge.behind(source);
    if (this.#options.follow === 'follow') void this.#catchUp(source);
  }

  opened(source: HostSource): void {
    this.#heardAt.set(source, this.#options.clock.now());
  }

  /** It is tried again. Who follows sees the others meanwhile; who wants all in order waits. */
  lost(source: HostSource): void {
    if (this.#options.follow === 'follow') this.caughtUp(source);
  }

  caughtUp(source: HostSource): void {
    for (const { id } of source.instances) this.#times(source).release(id, this.#options.clock.now());
    this.#merge.caughtUp(source);
  }

  valve(source: HostSource): Valve {
    const found = this.#valves.get(source) ?? new Valve();
    this.#valves.set(source, found);
    return found;
  }

  take(source: HostSource, line: SourceLine, offset: number): void {
    const now = this.#options.clock.now();
    const parsed = this.#reader(line.source).read(line);
    const text = parsed.format === 'plain' ? parsed.message : sanitise(line.text);
    const record = { ...parsed, source: line.source, text, isLate: false };
    const theirs = line.t ?? parsed.t;
    const t = theirs === undefined ? undefined : theirs + offset;
    const times = this.#times(source);
    if (t !== undefined) times.timed(record, t);
    else if (this.#isPast(source)) times.untimed(record, now);
    else this.#push(source, { ...record, t: now });
    this.#follow(source, t);
  }

  async end(): Promise<void> {
    await this.#passing;
    await this.#tell(this.#merge.flush(this.#options.clock.now()));
  }

  /** Whether what comes now was written some time ago. */
  #isPast(source: HostSource): boolean {
    return this.#options.follow === 'to the end' || this.#merge.isBehind(source);
  }

  /** Something of it was heard. */
  #follow(source: HostSource, t: number | undefined): void {
    if (this.#options.follow !== 'follow' || !this.#merge.isBehind(source)) return;
    const now = this.#options.clock.now();
    this.#heardAt.set(source, now);
    if (t !== undefined && t >= now - NEWS_MS) this.caughtUp(source);
  }

  #push(source: HostSource, record: LogRecord): void {
    const { clock, isWanted, least } = this.#options;
    if (isWanted?.(record) === false) {
      this.#merge.reach(source, record.t);
      return;
    }
    this.#merge.push(record, clock.now(), source);
    if (least) return;
    this.#hold(source);
    this.#passing ??= this.#pass();
  }

  #times(source: HostSource): TimesOfPast {
    const found = this.#past.get(source) ?? new TimesOfPast((record) => this.#push(source, record));
    this.#past.set(source, found);
    return found;
  }

  #reader(source: string): LineReader {
    const found = this.#readers.get(source);
    if (found) return found;
    const reader = createLineReader({ now: () => this.#options.clock.now() });
    this.#readers.set(source, reader);
    return reader;
  }

  #hold(source: HostSource): void {
    const valve = this.valve(source);
    if (valve.isShut || this.#merge.loadOf(source) < this.#share) return;
    valve.shut();
    this.#full.resolve(true);
  }

  #release(): void {
    const now = this.#options.clock.now();
    for (const [source, valve] of this.#valves) {
      if (!valve.isShut || this.#merge.loadOf(source) > this.#share / 2) continue;
      this.#heardAt.set(source, now);
      valve.open();
    }
  }

  async #catchUp(source: HostSource): Promise<void> {
    const { clock, signal } = this.#options;
    const began = clock.now();
    try {
      while (this.#merge.isBehind(source)) {
        const heardAt = this.#heardAt.get(source);
        const leftMs = (heardAt === undefined ? began + OPENING_MS : heardAt + CAUGHT_UP_MS) - clock.now();
        // what has arrived may be unread as yet, and one that is held back is not quiet by itself
        await clock.sleep(leftMs > 0 ? Math.min(leftMs, CAUGHT_UP_MS) : PACE_MS, signal);
        if (leftMs <= 0 && this.#heardAt.get(source) === heardAt && !this.valve(source).isShut) this.caughtUp(source);
      }
    } catch {
      return; // aborted
    }
  }

  /** Runs only while something waits: a quiet log costs nothing. */
  async #pass(): Promise<void> {
    const { clock, signal } = this.#options;
    try {
      while (this.#merge.size > 0) {
        await Promise.race([clock.sleep(PACE_MS, signal), this.#full.promise]);
        this.#full = Promise.withResolvers();
        await this.#tell(this.#merge.take(clock.now()));
        this.#release();
      }
    } catch {
      return; // aborted
    } finally {
      this.#passing = undefined;
    }
  }

  async #tell(records: readonly LogRecord[]): Promise<void> {
    const { signal, onRecords, room } = this.#options;
    for (let at = 0; at < records.length && !signal.aborted; at += MOST_AT_ONCE) {
      onRecords(at === 0 && records.length <= MOST_AT_ONCE ? records : records.slice(at, at + MOST_AT_ONCE));
      const wait = room?.();
      if (wait) await Promise.race([wait, aborted(signal)]);
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
