import { useApp, useInput, usePaste } from 'ink';
import { useEffect } from 'react';
import { keysOf } from './keys/input.ts';
import { resolve, resolvePaste } from './keys/resolve.ts';
import type { Store } from './store.ts';

export type SuspendTerminal = ReturnType<typeof useApp>['suspendTerminal'];

export interface AppProps {
  readonly store: Store;
  /** Called with the way to hand the terminal over, once it is there. */
  readonly onMounted: (suspend: SuspendTerminal) => void;
}

/**
 * What Ink does here: the alternate screen, raw mode, keys and pasted text, handing the terminal over and giving it back. The
 * rows are put on the screen by the painter.
 */
export function App({ store, onMounted }: AppProps) {
  const { suspendTerminal } = useApp();
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
  return null;
}
