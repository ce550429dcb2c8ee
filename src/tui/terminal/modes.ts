import type { SuspendTerminal } from 'ink';
import { withSteps } from './hand-over.ts';
import type { Signals, Streams } from './streams.ts';

/**
 * Alternate scroll: the wheel sends arrow keys while the alternate screen is up, and selecting with the mouse stays the
 * terminal's own. Most terminals have it on from the start, so what was set before is saved (XTSAVE) and brought back
 * (XTRESTORE) where the terminal can do that.
 */
const ENTER = '\u001b[?1007s\u001b[?1007h';
const LEAVE = '\u001b[?1007l\u001b[?1007r';

export interface Modes {
  readonly enter: () => void;
  /** For good, whatever else comes; also done when anybody ends the process. */
  readonly end: () => void;
  /** Hands the terminal over as it was, and sets all again afterwards. */
  readonly around: (handOver: SuspendTerminal) => SuspendTerminal;
}

/** What the screen sets at the terminal besides Ink, which sees to the alternate screen, the cursor and pasting. */
export function createModes({ stdout }: Streams, signals: Signals): Modes {
  let state: 'off' | 'on' | 'over' = 'off';
  const turn = (to: 'off' | 'on') => {
    if (state === 'over' || state === to) return;
    state = to;
    if (stdout.isTTY && stdout.writable) stdout.write(to === 'on' ? ENTER : LEAVE);
  };
  const end = () => {
    turn('off');
    state = 'over';
    signals.off('exit', end);
  };
  signals.on('exit', end);
  return {
    enter: () => turn('on'),
    end,
    around: (handOver) =>
      withSteps(handOver, { leave: () => turn('off'), comeBack: () => turn('on'), order: 'beforeInk' }),
  };
}
