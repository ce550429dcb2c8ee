import type { SuspendTerminal, TerminalSuspension } from 'ink';

export interface Steps {
  /** Before the terminal is handed over. */
  readonly leave: () => void;
  /** When it is back, or could not be handed over at all. */
  readonly comeBack: () => void;
  /** Whether coming back is the first thing that is done, or waits until Ink has the terminal again. */
  readonly order: 'beforeInk' | 'afterInk';
}

/** Handing the terminal over, with something to do on the way out and on the way back. */
export function withSteps(handOver: SuspendTerminal, { leave, comeBack, order }: Steps): SuspendTerminal {
  const hold = async (): Promise<TerminalSuspension> => {
    leave();
    const suspension = await handOver().catch((error: unknown) => {
      comeBack();
      throw error;
    });
    const resume = async () => {
      if (order === 'beforeInk') comeBack();
      await suspension.resume();
      if (order === 'afterInk') comeBack();
    };
    return { resume, [Symbol.asyncDispose]: resume };
  };
  const during = async (callback: () => void | Promise<void>): Promise<void> => {
    const { resume } = await hold();
    try {
      await callback();
    } finally {
      await resume();
    }
  };
  return ((callback?: () => void | Promise<void>) =>
    callback === undefined ? hold() : during(callback)) as SuspendTerminal;
}
