const UNITS = { KB: 1000, MB: 1_000_000, GB: 1_000_000_000 } as const;

/** An amount of memory or disk, in decimal units as they are shown. */
export const SIZE = /^(\d{1,9}(?:\.\d{1,3})?)(KB|MB|GB)$/;

/** "450MB", "1.5GB" → bytes; undefined when it is no size. */
export function parseSize(text: string): number | undefined {
  const match = SIZE.exec(text);
  if (!match) return undefined;
  return Math.round(Number(match[1]) * UNITS[match[2] as keyof typeof UNITS]);
}
