import { Box, Text, useApp, useInput, usePaste } from 'ink';
import { createElement, memo, useEffect, useSyncExternalStore } from 'react';
import { keysOf } from './keys/input.ts';
import { resolve, resolvePaste } from './keys/resolve.ts';
import type { Size, UiState } from './state.ts';
import type { Store } from './store.ts';
import { frame } from './frame/frame.ts';

export type SuspendTerminal = ReturnType<typeof useApp>['suspendTerminal'];

export interface AppProps {
  readonly store: Store;
  readonly frames: Frames;
  /** Called with the way to hand the terminal over, once it is there. */
  readonly onMounted: (suspend: SuspendTerminal) => void;
}

/** The screen: rows of finished text. Reads the store, sends it keys, and does nothing else. */
export function App({ store, frames, onMounted }: AppProps) {
  const { suspendTerminal } = useApp();
  const { rows, size } = useSyncExternalStore(store.subscribe, frames.current);
  useEffect(() => onMounted(suspendTerminal), [onMounted, suspendTerminal]);

  useInput((input, key) => {
    for (const name of keysOf(input, key)) {
      // each key meets the state that the one before it left
      store.dispatch((state) => resolve(state, name));
    }
  });
  usePaste((text) => {
    store.dispatch((state) => resolvePaste(state, text));
  });

  const lines = rows.map((text, index) => createElement(Line, { key: index, text }));
  return createElement(
    Box,
    { width: size.columns, height: size.rows, flexDirection: 'column', overflow: 'hidden' },
    ...lines,
  );
}

/** One row, already cut to the width of the screen; Ink lays out nothing but whole rows. */
const Line = memo(function Line({ text }: { readonly text: string }) {
  return createElement(Box, { height: 1, flexShrink: 0 }, createElement(Text, { wrap: 'truncate' }, text));
});

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
