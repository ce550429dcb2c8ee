import type { Remembered } from './schema.ts';

/** What became of a change: on the disk, or remembered only until slipway ends. */
export type Kept = 'kept' | 'thisRunOnly';

/** Where preferences lie. Nothing here ever throws. */
export interface Shelf {
  get(): Remembered;
  change(how: (kept: Remembered) => Remembered): Kept;
}

export function memoryShelf(kept: Remembered = {}): Shelf {
  let now = kept;
  return {
    get: () => now,
    change: (how) => {
      now = how(now);
      return 'thisRunOnly';
    },
  };
}
