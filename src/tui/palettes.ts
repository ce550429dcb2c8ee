import { logColourBlind, logDark, logLight, logMono } from './log-styles.ts';
import type { Style } from './theme.ts';

export type PaletteName = 'dark' | 'light' | 'colourBlind' | 'mono';

/** SGR parameters of each style; empty for none. */
export type Palette = Readonly<Record<Style, string>>;

/*
 * The terminal's own sixteen colours and no background, so that its scheme is kept. Colour is never the only sign: every
 * state has a glyph and a word, too.
 */

const mono: Palette = {
  ...logMono,
  plain: '',
  muted: '2',
  strong: '1',
  title: '1',
  key: '1',
  ok: '',
  busy: '',
  warn: '1',
  bad: '1',
  danger: '1;7',
};

const dark: Palette = {
  ...mono,
  ...logDark,
  title: '1;36',
  ok: '32',
  busy: '36',
  warn: '33',
  bad: '31',
  danger: '1;7;31',
};

/** Green, yellow, cyan and dim text vanish on white: in xterm their contrast there is about 2. */
const light: Palette = {
  ...dark,
  ...logLight,
  muted: '90',
  title: '1;34',
  ok: '34',
  busy: '1',
  warn: '35',
  bad: '31',
};

/**
 * Blue and bright red are far apart for every kind of colour blindness, and both can be read on black and on white. (Yellow
 * cannot, and whoever sees no red takes magenta for blue.) What is bad or a warning is bold besides.
 */
const colourBlind: Palette = {
  ...dark,
  ...logColourBlind,
  title: '1',
  ok: '94',
  busy: '',
  warn: '1;35',
  bad: '1;91',
  danger: '1;7;91',
};

export const palettes: Readonly<Record<PaletteName, Palette>> = { dark, light, colourBlind, mono };
