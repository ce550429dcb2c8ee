import { setImmediate } from 'node:timers/promises';
import { asSlipwayError } from '../../base/errors.ts';
import type { SuspendTerminal } from '../app.ts';
import type { Action } from '../actions.ts';
import type { Store } from '../store.ts';
import type { StageEntry } from '../workers/workers.ts';

interface Terminal {
  readonly store: Store;
  readonly stages: readonly StageEntry[];
  readonly stdin: NodeJS.ReadStream;
  /** The way to hand the terminal over, once it is there. */
  readonly suspend: () => SuspendTerminal | undefined;
}

/** Hands the terminal to a person's shell on a host, and takes it again when they leave it. What runs goes on meanwhile. */
export function createShellOut({ store, stages, stdin, suspend }: Terminal) {
  let isOut = false;
  const notify = (text: string, style: 'ok' | 'warn') => store.dispatch({ type: 'notify', text, style });

  return async ({ host, instance }: Extract<Action, { type: 'shell' }>): Promise<void> => {
    const entry = stages.find(({ stage }) => stage === store.get().stage);
    const handOver = suspend();
    if (!handOver || isOut) return;
    if (!entry?.shell) {
      notify('shells are not to be had here', 'warn');
      return;
    }
    isOut = true;
    const suspension = await handOver();
    await stopReading(stdin);
    const told = await entry.shell({ host, instance }).then(
      () => () => notify(`back from ${host}`, 'ok'),
      (thrown: unknown) => () => notify(asSlipwayError(thrown).message, 'warn'),
    );
    isOut = false;
    await suspension.resume();
    store.dispatch({ type: 'refresh' });
    told();
  };
}

/**
 * Ink has taken its listener away, but Node still waits for the next keys, and would take them from the shell. Only a stream
 * that was flowing can be paused, and only that ends the wait.
 */
async function stopReading(stdin: NodeJS.ReadStream): Promise<void> {
  await setImmediate();
  stdin.resume().pause();
  await setImmediate();
}
