import { formatBytes } from './bytes.ts';

const UNITS = { '': 1, k: 1000, m: 1_000_000, g: 1_000_000_000 } as const;

/** What counts as a rate: bytes per second, with k, M or G behind the number for thousands, millions, billions. */
export const RATE = /^(\d{1,12}(?:\.\d{1,3})?)([kKmMgG]?)$/;

/** Slower than this nothing would ever arrive. */
export const SLOWEST_RATE = 1000;

/** "500k", "2M", "1.5M", "800000" → bytes per second; undefined when it is no rate. */
export function parseRate(text: string): number | undefined {
  const match = RATE.exec(text);
  if (!match) return undefined;
  return Math.round(Number(match[1]) * UNITS[match[2]!.toLowerCase() as keyof typeof UNITS]);
}

/** 410000 → "410 KB/s". */
export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}
