import { createLineReader, type LineReader } from '../../../src/logs/line-reader.ts';
import type { HostLine, Parsed } from '../../../src/logs/record.ts';

/** The first of June 2024, noon: what times without a year are near. */
export const NOON = Date.UTC(2024, 5, 1, 12);

export function reader(zone = 0): LineReader {
  return createLineReader({ now: () => NOON, zone });
}

export function hostLine(text: string, more: Partial<HostLine> = {}): HostLine {
  return { source: 'bot.1@fra-1', text, t: undefined, priority: 6, ...more };
}

/** One line, the first of its source. */
export function readOne(text: string, more: Partial<HostLine> = {}): Parsed {
  return reader().read(hostLine(text, more));
}

/** Consecutive lines of one source. */
export function readAll(texts: readonly string[]): Parsed[] {
  const { read } = reader();
  return texts.map((text) => read(hostLine(text)));
}

export function isoOf(t: number | undefined): string | undefined {
  return t === undefined ? undefined : new Date(t).toISOString();
}
