import { frame } from './frame/frame.ts';
import type { Size, UiState } from './state.ts';
import type { Store } from './store.ts';

/** What the screen looks like: as many rows as it has, each finished text of its width. */
export interface Frame {
  readonly rows: readonly string[];
  readonly size: Size;
}

export interface Frames {
  readonly current: () => Frame;
}

/**
 * The frame of the newest state. A state that looks the same gives the very same frame, so that nothing is rendered for
 * it: an idle screen costs nothing.
 */
export function createFrames(store: Store): Frames {
  let state: UiState | undefined;
  let shown: Frame = { rows: [], size: { columns: 0, rows: 0 } };
  return {
    current: () => {
      const newest = store.get();
      if (newest === state) return shown;
      const rows = frame(newest);
      if (!isSame(rows, shown.rows)) shown = { rows, size: newest.size };
      state = newest;
      return shown;
    },
  };
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, index) => text === b[index]);
}
