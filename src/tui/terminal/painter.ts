import type { Frame } from '../frames.ts';
import type { SuspendTerminal } from '../app.ts';
import { withSteps } from './hand-over.ts';

const HIDE_CURSOR = '\u001b[?25l';
const CLEAR = '\u001b[2J';
/** A terminal that knows the mode shows all of a frame at once; others ignore it. */
const BEGIN = '\u001b[?2026h\u001b[?7l';
/** Back at the top: whatever else is written, by Ink or by a program that should not, never scrolls the screen. */
const END = '\u001b[?7h\u001b[?2026l\u001b[H';

export interface Painter {
  /** Puts the frame on the screen. Only rows that are not there yet are written. */
  readonly paint: (frame: Frame) => void;
  /** Hands the terminal over; nothing is painted until it is back, and then everything is. */
  readonly around: (handOver: SuspendTerminal) => SuspendTerminal;
}

/**
 * Writes rows to the terminal, each to its own place. Ink would lay out, tokenise and cut the whole screen again for every
 * frame (about 20 ms of CPU at 200x60), though rows are finished text here, and mostly the same as before.
 */
export function createPainter(stdout: NodeJS.WriteStream): Painter {
  let shown: Frame = { rows: [], size: { columns: 0, rows: 0 } };
  let isAway = false;
  let latest: Frame | undefined;

  const paint = (frame: Frame) => {
    latest = frame;
    if (isAway || frame === shown || !stdout.writable) return;
    const isOther = frame.size.columns !== shown.size.columns || frame.size.rows !== shown.size.rows;
    const before = isOther ? [] : shown.rows;
    const rows = frame.rows.flatMap((text, index) => (text === before[index] ? [] : [rowAt(index, text)]));
    shown = frame;
    if (rows.length > 0) stdout.write([BEGIN, isOther ? HIDE_CURSOR + CLEAR : '', ...rows, END].join(''));
  };

  const repaint = () => {
    isAway = false;
    shown = { rows: [], size: { columns: 0, rows: 0 } };
    if (latest) paint(latest);
  };

  const leave = () => void (isAway = true);
  return { paint, around: (handOver) => withSteps(handOver, { leave, comeBack: repaint, order: 'afterInk' }) };
}

/** The padding behind a row need not be sent: the row is erased first, which also takes what a wide character left. */
function rowAt(index: number, text: string): string {
  return `\u001b[${index + 1};1H\u001b[2K${text.replace(/ +$/, '')}`;
}
