/**
 * Characters that are drawn instead of written: lines and blocks have to meet those of the next cell, which no font on a
 * stranger's machine is sure to do.
 */
export type Drawn =
  /** Parts of the cell, from 0 to 1 each way. */
  | {
      readonly type: 'block';
      readonly left: number;
      readonly top: number;
      readonly right: number;
      readonly bottom: number;
      readonly opacity: number;
    }
  /** Arms from the middle to the edges. */
  | { readonly type: 'lines'; readonly arms: ReadonlySet<Arm>; readonly isHeavy: boolean; readonly isRound: boolean };

export type Arm = 'left' | 'right' | 'up' | 'down';

const LIGHT = '─│┌┐└┘├┤┬┴┼╴╵╶╷';
const HEAVY = '━┃┏┓┗┛┣┫┳┻╋╸╹╺╻';
const ROUND = '╭╮╰╯';
const ARMS: readonly (readonly Arm[])[] = [
  ['left', 'right'],
  ['up', 'down'],
  ['right', 'down'],
  ['left', 'down'],
  ['right', 'up'],
  ['left', 'up'],
  ['up', 'down', 'right'],
  ['up', 'down', 'left'],
  ['left', 'right', 'down'],
  ['left', 'right', 'up'],
  ['left', 'right', 'up', 'down'],
  ['left'],
  ['up'],
  ['right'],
  ['down'],
];

export function drawn(character: string): Drawn | undefined {
  return linesOf(character) ?? blockOf(character);
}

function linesOf(character: string): Drawn | undefined {
  if (character.length !== 1) return undefined;
  const round = ROUND.indexOf(character);
  const heavy = HEAVY.indexOf(character);
  const at = round >= 0 ? round + 2 : Math.max(LIGHT.indexOf(character), heavy);
  if (at < 0) return undefined;
  return { type: 'lines', arms: new Set(ARMS[at]), isHeavy: heavy >= 0, isRound: round >= 0 };
}

const whole = { type: 'block', left: 0, top: 0, right: 1, bottom: 1, opacity: 1 } as const;

/** U+2580 to U+2595. */
function blockOf(character: string): Drawn | undefined {
  const code = character.codePointAt(0) ?? 0;
  if (character.length !== 1 || code < 0x2580 || code > 0x2595) return undefined;
  if (code === 0x2580) return { ...whole, bottom: 1 / 2 };
  // from an eighth at the foot to all of it
  if (code <= 0x2588) return { ...whole, top: 1 - (code - 0x2580) / 8 };
  // from seven eighths at the left to one
  if (code <= 0x258f) return { ...whole, right: (0x2590 - code) / 8 };
  if (code === 0x2590) return { ...whole, left: 1 / 2 };
  if (code <= 0x2593) return { ...whole, opacity: (code - 0x2590) / 4 };
  return code === 0x2594 ? { ...whole, bottom: 1 / 8 } : { ...whole, left: 7 / 8 };
}
