import type { FloodFindings } from './flood.ts';

/** A line of `slipway logs --json`, of a writer or of systemd. */
export interface HeardLine {
  readonly type: string;
  readonly t: string;
  readonly host: string;
  readonly fields: { readonly n?: number };
  readonly late?: true;
}

/** When it came: by a clock that only goes on, and since 1970; ms. */
export interface Arrival {
  readonly at: number;
  readonly now: number;
}

interface OfHost {
  readonly seen: Set<number>;
  last: number;
  lastAt: number | undefined;
  longestGapMs: number;
  readonly delaysMs: number[];
}

type Figures = Pick<
  FloodFindings,
  'lost' | 'twice' | 'outOfOrder' | 'disorderMs' | 'late' | 'longestGapMs' | 'delaysMs'
>;

/** Watches whether every line of hosts, numbered from 1 to `count`, comes once, in order, and in time. */
export class Heard {
  readonly #all = Promise.withResolvers<true>();
  readonly #hosts: ReadonlyMap<string, OfHost>;
  #missing: number;
  #twice = 0;
  #outOfOrder = 0;
  #late = 0;
  #latest = -Infinity;
  #disorderMs = 0;

  constructor({ hosts, count }: { readonly hosts: readonly string[]; readonly count: number }) {
    this.#missing = hosts.length * count;
    const none = (): OfHost => ({ seen: new Set(), last: 0, lastAt: undefined, longestGapMs: 0, delaysMs: [] });
    this.#hosts = new Map(hosts.map((name) => [name, none()]));
  }

  /** Settles when none is missing. */
  get all(): Promise<true> {
    return this.#all.promise;
  }

  take({ type, t, host, fields, late }: HeardLine, { at, now }: Arrival): void {
    const n = type === 'line' ? fields.n : undefined;
    const own = this.#hosts.get(host);
    if (n === undefined || !own) return;
    const written = Date.parse(t);
    if (late) this.#late += 1;
    else this.#disorderMs = Math.max(this.#disorderMs, this.#latest - written);
    this.#latest = Math.max(this.#latest, written);
    if (own.seen.has(n)) {
      this.#twice += 1;
      return;
    }
    if (n < own.last) this.#outOfOrder += 1;
    own.last = n;
    own.seen.add(n);
    own.longestGapMs = Math.max(own.longestGapMs, own.lastAt === undefined ? 0 : at - own.lastAt);
    own.lastAt = at;
    own.delaysMs.push(now - written);
    this.#missing -= 1;
    if (this.#missing === 0) this.#all.resolve(true);
  }

  /** `cut`: the host that was cut off, if one was. */
  findings(cut: string | undefined): Figures {
    const others = [...this.#hosts].flatMap(([name, own]) => (name === cut ? [] : [own]));
    return {
      ...{ lost: this.#missing, twice: this.#twice, outOfOrder: this.#outOfOrder, late: this.#late },
      disorderMs: this.#disorderMs,
      longestGapMs: Math.max(...others.map(({ longestGapMs }) => longestGapMs)),
      delaysMs: others.flatMap(({ delaysMs }) => delaysMs),
    };
  }
}
