import { levelOf } from '../../../src/logs/levels.ts';
import { type Arrival, LogRing, type LogEntry, type RingLimits } from '../../../src/tui/screens/logs/ring.ts';
import { NOW } from '../support/fleet.ts';

/** A line as it comes, of a format that nobody knows. */
export function lineOf(source: string, text: string): Arrival {
  const read = { message: text, fields: {}, level: levelOf(text), format: 'plain', isLate: false };
  return { kind: 'line', source, t: NOW, text, ...read };
}

export function put(ring: LogRing, text: string, source = 'bot.1@fra-1'): LogEntry {
  return ring.push(lineOf(source, text));
}

/** A ring with so many lines in it: "line 0", "line 1", … */
export function ringOf(count: number, limits: RingLimits = { lines: 100, characters: 1_000_000 }): LogRing {
  const ring = new LogRing(limits);
  for (let i = 0; i < count; i += 1) put(ring, `line ${i}`);
  return ring;
}

export const texts = (entries: readonly (LogEntry | undefined)[]) => entries.map((entry) => entry?.text);
