import { type Glyphs, ascii, unicode } from './glyphs.ts';
import type { LogStyle } from './log-styles.ts';
import { type PaletteName, palettes } from './palettes.ts';

export type { Glyphs } from './glyphs.ts';

/** What a piece of text means. Views name meanings; only palettes know colours. */
export type Style =
  | 'plain'
  | 'muted'
  | 'strong'
  | 'title'
  | 'key'
  | 'ok'
  | 'busy'
  | 'warn'
  | 'bad'
  /** A protected stage, and what cannot be undone. */
  | 'danger'
  | LogStyle;

export interface Theme {
  /** SGR parameters of each style; empty for none. */
  readonly sgr: Readonly<Record<Style, string>>;
  readonly selected: string;
  readonly glyphs: Glyphs;
}

/** What the terminal can show, and what its owner likes. */
export interface Looks {
  readonly palette: PaletteName;
  readonly ascii: boolean;
}

export function themeOf(looks: Looks): Theme {
  return { sgr: palettes[looks.palette], selected: '7', glyphs: looks.ascii ? ascii : unicode };
}
