import type { ParsedFilter } from '../../../logs/filter.ts';
import type { Matcher } from '../../../logs/matcher.ts';
import type { Beside } from './beside.ts';
import type { LogEntry, LogRing } from './ring.ts';
import type { Shown } from './shown.ts';
import type { Tallies } from './tally.ts';

/** The logs of all instances of the stage in one pane. */
export interface LogsView {
  readonly sources: readonly string[];
  /** What each source is called here. */
  readonly names: ReadonlyMap<string, string>;
  /** Changed in place by the reducer alone, as are `shown` and `tallies`. */
  readonly ring: LogRing;
  readonly tallies: Tallies;
  /** What passes the filter; while held, of the lines that are held. */
  readonly shown: Shown;
  /** One host or instance alone. */
  readonly alone: string | undefined;
  /** Two instances side by side instead of all lines. */
  readonly beside: Beside | undefined;
  readonly filter: string;
  /** The filter, understood. */
  readonly narrowing: ParsedFilter;
  readonly find: string;
  /** What is looked for, understood; undefined when nothing is, or nothing that can be. */
  readonly finding: Matcher | undefined;
  /** Whether what a line brings besides its message stands behind it. */
  readonly fields: 'shown' | 'folded';
  readonly lines: 'cut' | 'wrapped';
  readonly time: 'off' | 'clock' | 'relative';
  /** Cells that are hidden on the left of every text. */
  readonly sideways: number;
  /** Undefined while the end is followed. */
  readonly held: Held | undefined;
  /** The line that is shown whole, and the first row of it that is seen. */
  readonly opened: { readonly entry: LogEntry; readonly top: number } | undefined;
}

/** A view that stands still, whatever comes and whatever the ring drops. */
export interface Held {
  readonly since: number;
  /** All that there was then, whether shown or not. */
  readonly lines: readonly LogEntry[];
  /** How many of them are no lines of a log. */
  readonly words: number;
  /** The first number that is not among them. */
  readonly next: number;
  /** Numbers of the line under the cursor, and of the lowest one on the screen. */
  readonly cursor: number;
  readonly bottom: number;
}

export type LogsWish =
  | { readonly type: 'alone'; readonly alone: string | undefined }
  | { readonly type: 'wrap' }
  | { readonly type: 'time' }
  | { readonly type: 'fields' }
  /** Undefined: no longer. */
  | { readonly type: 'beside'; readonly beside: Beside | undefined }
  | { readonly type: 'sideways'; readonly to: 'left' | 'right' }
  | { readonly type: 'pause' }
  | { readonly type: 'follow' }
  | { readonly type: 'jump'; readonly to: 'hit' | 'error' | 'mark'; readonly step: 1 | -1 }
  | { readonly type: 'open' };
