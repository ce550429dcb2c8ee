import { TRACE } from '../../../logs/joined.ts';
import { isError } from '../../../logs/levels.ts';
import type { Arrival } from './ring.ts';

/** A rate is told over so many whole seconds, the running one left out. */
const SECONDS = 5;

/** What a log is like at the moment. */
export interface SourceTally {
  /** `opening`: nothing has come yet; `troubled`: nothing comes just now. */
  readonly status: 'opening' | 'following' | 'troubled';
  readonly errors: number;
  readonly perSecond: number;
  /** Lines of each of the last SPAN_COUNT spans, the newest last. */
  readonly spans: readonly number[];
}

/** How far back a sparkline looks: so many spans of so many ms. */
export const SPAN_COUNT = 8;
const SPAN_MS = 5000;

interface Counts {
  /** Lines by spans, the last of which is `span`. */
  spans: number[];
  span: number;
  status: SourceTally['status'];
  errors: number;
  /** Lines of each of the last seconds, by the second modulo their number. */
  readonly lines: number[];
  readonly at: number[];
}

/** Counts the lines of each source as they come. Changed in place, like the ring. */
export class Tallies {
  private readonly counts = new Map<string, Counts>();

  take({ source, kind, t, level, format }: Arrival): void {
    if (kind === 'mark') return;
    const counts = this.of(source);
    counts.status = kind === 'trouble' ? 'troubled' : 'following';
    if (kind !== 'line') return;
    // what a stack trace goes on with is no error of its own
    if (isError(level) && format !== TRACE) counts.errors += 1;
    const second = Math.floor(t / 1000);
    const slot = second % (SECONDS + 1);
    count(counts, Math.floor(t / SPAN_MS));
    // older than what is counted by now
    if (counts.at[slot]! > second) return;
    if (counts.at[slot] !== second) counts.lines[slot] = 0;
    counts.at[slot] = second;
    counts.lines[slot]! += 1;
  }

  read(source: string, now: number): SourceTally {
    const counts = this.counts.get(source);
    if (!counts) return { status: 'opening', errors: 0, perSecond: 0, spans: [] };
    const second = Math.floor(now / 1000);
    const recent = counts.lines.filter((_, slot) => {
      const past = second - counts.at[slot]!;
      return past >= 1 && past <= SECONDS;
    });
    const perSecond = recent.reduce((sum, lines) => sum + lines, 0) / SECONDS;
    const since = Math.max(0, Math.floor(now / SPAN_MS) - counts.span);
    const spans = [...counts.spans, ...none(Math.min(since, SPAN_COUNT))].slice(-SPAN_COUNT);
    return { status: counts.status, errors: counts.errors, perSecond, spans };
  }

  private of(source: string): Counts {
    const found = this.counts.get(source);
    if (found) return found;
    const seconds = () => none(SECONDS + 1);
    const counts: Counts = { status: 'opening', errors: 0, lines: seconds(), at: seconds(), spans: [], span: 0 };
    this.counts.set(source, counts);
    return counts;
  }
}

function none(length: number): number[] {
  return new Array<number>(length).fill(0);
}

/** What is older than all spans that are kept is not counted. */
function count(counts: Counts, span: number): void {
  const ahead = Math.min(Math.max(0, span - counts.span), SPAN_COUNT);
  if (ahead > 0) {
    counts.spans = [...counts.spans, ...none(ahead)].slice(-SPAN_COUNT);
    counts.span = span;
  }
  const index = counts.spans.length - 1 - (counts.span - span);
  if (index >= 0) counts.spans[index]! += 1;
}
