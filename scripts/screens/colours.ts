/** Of a cell: the terminal's own, a number of its palette of 256, or `#rrggbb`. */
export type Colour = 'default' | number | `#${string}`;

/** Colours as `#rrggbb`. */
export interface Theme {
  readonly foreground: string;
  readonly background: string;
  /** Around the screen. */
  readonly frame: string;
  /** The first sixteen; the others are the same everywhere. */
  readonly palette: readonly string[];
}

/** Dark, each of the colours readable on it. */
export const dark: Theme = {
  foreground: '#d7dae0',
  background: '#16181d',
  frame: '#2c3038',
  palette: [
    ...['#3b4048', '#f2777a', '#98c379', '#e5c07b', '#6ab0f3', '#c792ea', '#56c8d8', '#c5c8ce'],
    ...['#6b717d', '#ff8f91', '#b3dd93', '#f4d795', '#8cc6ff', '#d9b0f5', '#7fdfec', '#ffffff'],
  ],
};

/** `dim`: half way to what is behind it, nearly. */
const DIM = 0.55;
const LEVELS = [0, 95, 135, 175, 215, 255];

export interface Painted {
  readonly ink: string;
  /** Undefined: that of the screen. */
  readonly behind: string | undefined;
}

/** The colours that a cell is drawn with. */
export function painted(
  { fg, bg, inverse = false, dim = false }: { fg: Colour; bg: Colour; inverse?: boolean; dim?: boolean },
  theme: Theme,
): Painted {
  const front = hexOf(fg, theme) ?? theme.foreground;
  const back = hexOf(bg, theme);
  const [ink, behind] = inverse ? [back ?? theme.background, front] : [front, back];
  return { ink: dim ? mixed(ink, behind ?? theme.background, DIM) : ink, behind };
}

function hexOf(colour: Colour, { palette }: Theme): string | undefined {
  if (colour === 'default') return undefined;
  if (typeof colour === 'string') return colour;
  if (colour < 16) return palette[colour];
  if (colour >= 232) return hex([0, 0, 0].map(() => 8 + (colour - 232) * 10));
  const at = colour - 16;
  return hex([Math.floor(at / 36), Math.floor(at / 6) % 6, at % 6].map((level) => LEVELS[level]!));
}

/** So much of the one, the rest of the other. */
function mixed(one: string, other: string, share: number): string {
  const parts = [one, other].map((text) => [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16)));
  return hex(parts[0]!.map((value, index) => Math.round(value * share + parts[1]![index]! * (1 - share))));
}

function hex(values: readonly number[]): string {
  return `#${values.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
