import { type Arrival, type LogEntry, RING, wordOn } from './ring.ts';
import { renarrowed } from './narrow.ts';
import { grouped } from '../../../base/text.ts';
import type { Held, LogsView } from './state.ts';

/** A held view may grow to so many lines while somebody walks on through what has come since. */
const MOST_HELD = 2 * RING.lines;

/** Stops the view where it is. What it shows is kept for as long as it is held, whatever the ring drops. */
export function heldAt(logs: LogsView, now: number): LogsView & { readonly held: Held } {
  if (logs.held) return { ...logs, held: logs.held };
  const { ring, shown } = logs;
  const last = shown.at(shown.length - 1)?.seq ?? 0;
  const held = { since: now, lines: ring.from(0), words: ring.words, next: ring.next, cursor: last, bottom: last };
  return { ...logs, held };
}

export function following(logs: LogsView): LogsView {
  return logs.held ? renarrowed({ ...logs, held: undefined }) : logs;
}

/** What has come meanwhile is joined to what is held, with a word on what was dropped in between. */
export function extended(logs: LogsView): LogsView {
  const { held, ring, shown } = logs;
  if (!held || ring.next === held.next) return logs;
  const came = ring.from(held.next);
  const fresh = [...dropped(held, came[0]), ...came];
  const all = held.lines.concat(fresh);
  const lines = all.length > MOST_HELD ? all.slice(-RING.lines) : all;
  const words = lines.filter(({ kind }) => kind !== 'line').length;
  const next = { ...held, lines, words, next: ring.next };
  if (lines !== all) return renarrowed({ ...logs, held: next });
  shown.append(fresh);
  shown.waiting = 0;
  return { ...logs, held: next };
}

function dropped({ next }: Held, first: LogEntry | undefined): readonly LogEntry[] {
  const missing = (first?.seq ?? next) - next;
  if (!first || missing === 0) return [];
  const text = `${grouped(missing)} lines came and were dropped while this stood still`;
  return [{ ...wordOn({ kind: 'gap', source: '', t: first.t, text }), seq: next }];
}

/** Puts lines before those that are held, numbered down from the first of them. */
export function withOlder(logs: LogsView & { readonly held: Held }, lines: readonly Arrival[]): LogsView {
  const { held } = logs;
  const first = held.lines[0]?.seq ?? held.next;
  const older = lines.map((line, index) => ({ ...line, seq: first - lines.length + index }));
  const words = held.words + lines.filter(({ kind }) => kind !== 'line').length;
  return renarrowed({ ...logs, held: { ...held, lines: [...older, ...held.lines], words } });
}
