import type { Clock } from '../base/clock.ts';
import type { InstanceSettings } from '../config/settings.ts';
import { ConnectionLostError, SlipwayError } from '../base/errors.ts';
import type { Valve } from '../base/valve.ts';
import type { FilePlace, LogsOptions, LogStart } from '../host/logs.ts';
import type { HostClient } from '../host/verbs.ts';
import { measureOffset, type Offset } from './host-clock.ts';
import type { HostSource, SourceLine } from './host-source.ts';
import { readNarrow } from './narrow-log.ts';
import { type Sorted, withoutRetold } from './retold.ts';

/** What is said of a source besides its lines. */
export type SourceNotice =
  /** It is read. `offset`: of its host's clock. */
  | { readonly type: 'opened'; readonly offset: Offset }
  /** Lines may be missing between those before and those after; `lostMs`: how long nothing was heard. */
  | { readonly type: 'gap'; readonly lostMs: number }
  /** It is read on where it was. */
  | { readonly type: 'resumed'; readonly lostMs: number }
  /** `lost`: it is tried again by itself. `refused`: not until somebody asks for it. */
  | { readonly type: 'trouble'; readonly how: 'lost' | 'refused'; readonly code: string; readonly message: string };

export interface Following {
  readonly host: HostClient;
  readonly source: HostSource;
  readonly clock: Clock;
  readonly start: Extract<LogStart, { type: 'last' | 'since' }>;
  readonly until?: number | undefined;
  readonly follow: LogsOptions['follow'];
  readonly least?: LogsOptions['least'];
  readonly signal: AbortSignal;
  /** Holds the host back while it is shut. */
  readonly valve?: Valve;
  /** `offset`: of the host's clock, ms to be added to its times. */
  readonly onLine: (line: SourceLine, offset: number) => void;
  readonly onNotice: (notice: SourceNotice) => void;
  /** Until somebody wants to have it tried again, or the signal is aborted. */
  readonly retried: (signal: AbortSignal) => Promise<void>;
}

/** Lines that are kept so as to find them again where a source tells its last ones anew. */
const KEPT = 1000;
/** What may be told again is held back for no longer than this. */
const DOUBT_MS = 1000;
const NO_OFFSET: Offset = { ms: 0, isLarge: false };

/** How far one source has been read, over all attempts. */
export class Reading {
  /** Lines that came. */
  heard = 0;
  readonly #following: Following;
  #cursor: string | undefined;
  #place: FilePlace | undefined;
  /** By the host's clock, of the attempt that was opened first. */
  #openedAt: number | undefined;
  /** By ours. */
  #heardAt: number;
  #isUnread = false;
  readonly #kept: string[] = [];

  constructor(following: Following) {
    this.#following = following;
    this.#heardAt = following.clock.now();
  }

  /** Until it ends or is lost; answers with what was thrown. */
  async attempt(): Promise<unknown> {
    const { host, clock, source } = this.#following;
    const measured = measureOffset(host, clock).catch(() => NO_OFFSET);
    const begins = this.#begins(measured);
    try {
      await (source.narrow ? this.#readNarrow(source.narrow, begins) : this.#read(measured, begins));
      return undefined;
    } catch (thrown) {
      if (!(thrown instanceof SlipwayError && thrown.code === 'SLIP_LOG_UNREAD' && this.#cursor !== undefined))
        return thrown;
      this.#isUnread = true;
      return new ConnectionLostError({ code: thrown.code, message: thrown.message });
    } finally {
      await measured;
      begins.settle();
    }
  }

  async #read(measured: Promise<Offset>, { onOpened, onGap, onLine }: Beginning): Promise<void> {
    const start = await this.#start(measured);
    const until = this.#following.until === undefined ? undefined : this.#following.until - (await measured).ms;
    const { host, source, follow, least, signal, valve } = this.#following;
    const count = this.heard === 0 && start.type === 'last' ? start.count : KEPT;
    return host.logs({
      ...{ source: source.source(count), start, until, follow, least, signal, valve, onGap },
      onOpened: ({ now, place }) => {
        this.#openedAt ??= now;
        this.#place = place;
        onOpened();
      },
      onLine: (raw) => source.read(raw).forEach(onLine),
    });
  }

  #readNarrow(instance: InstanceSettings, { onOpened, onLine }: Beginning): Promise<void> {
    const { host, clock, follow, signal } = this.#following;
    onOpened();
    return readNarrow(instance, { host, clock, follow, signal, onLine });
  }

  async #start(measured: Promise<Offset>): Promise<LogStart> {
    const { start, source } = this.#following;
    if (this.#isUnread) this.#cursor = undefined;
    if (this.#cursor !== undefined) return { type: 'cursor', cursor: this.#cursor };
    if (this.#place !== undefined) return { type: 'place', ...this.#place };
    const since = this.#isUnread ? this.#heardAt : start.type === 'since' ? start.t : undefined;
    if (since !== undefined) return { type: 'since', t: since - (await measured).ms };
    // nothing was there when it was opened
    if (source.resume === 'cursor' && this.#openedAt !== undefined) return { type: 'since', t: this.#openedAt };
    return start;
  }

  /** What is heard of one attempt: lines wait until the host's clock is known, and until it is known which are told again. */
  #begins(measured: Promise<Offset>): Beginning {
    const { clock, signal, source, onNotice } = this.#following;
    const isFirst = this.heard === 0;
    const lostMs = clock.now() - this.#heardAt;
    const sinceLost = () => lostMs + clock.now() - began;
    const began = clock.now();
    let isGap = this.#isUnread;
    this.#isUnread = false;
    let offset: Offset | undefined;
    const waiting: SourceLine[] = [];
    const pass = (line: SourceLine) => {
      if (offset) this.#pass(line, offset.ms);
      else waiting.push(line);
    };
    const tellOverlap = (joins: boolean) => onNotice({ type: joins ? 'resumed' : 'gap', lostMs: sinceLost() });
    const sorted =
      isFirst || source.resume !== 'overlap'
        ? { onLine: pass, settle: () => undefined }
        : withoutRetold([...this.#kept], { pass, tell: tellOverlap });
    return {
      ...sorted,
      onGap: () => (isGap = true),
      onOpened: () => {
        void measured.then((found) => {
          if (signal.aborted) return;
          onNotice({ type: 'opened', offset: found });
          if (isGap) onNotice({ type: 'gap', lostMs: sinceLost() });
          else if (!isFirst && source.resume !== 'overlap') onNotice({ type: 'resumed', lostMs: sinceLost() });
          offset = found;
          waiting.splice(0).forEach(pass);
          clock.sleep(DOUBT_MS, signal).then(sorted.settle, () => undefined);
        });
      },
    };
  }

  #pass(line: SourceLine, offset: number): void {
    const { clock, source, onLine } = this.#following;
    this.heard += 1;
    this.#heardAt = clock.now();
    this.#cursor = line.cursor;
    if (line.bytes !== undefined && this.#place) this.#place = { ...this.#place, got: line.bytes };
    if (source.resume === 'overlap') {
      this.#kept.push(line.text);
      if (this.#kept.length > KEPT) this.#kept.shift();
    }
    onLine(line, offset);
  }
}

interface Beginning extends Sorted {
  readonly onOpened: () => void;
  readonly onGap: () => void;
}
