import { type ThemeName, THEMES, isThemeName } from '../prefs/themes.ts';
import type { PaletteName } from './palettes.ts';
import type { Looks } from './theme.ts';

/** What the terminal can show, as its environment tells it, in the theme that is preferred. */
export function looksOf(env: NodeJS.ProcessEnv, preferred: ThemeName = 'auto'): Looks {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return {
    palette: hasColour(env) ? paletteOf(env, preferred) : 'mono',
    // the Linux console has no glyphs beyond its 512
    ascii: env['SLIPWAY_ASCII'] === '1' || env['TERM'] === 'linux' || !/utf-?8/i.test(locale),
  };
}

/** No theme brings colours back to somebody who does not want any, or to a terminal without. */
function hasColour(env: NodeJS.ProcessEnv): boolean {
  return !env['NO_COLOR'] && env['FORCE_COLOR'] !== '0' && env['TERM'] !== 'dumb';
}

function paletteOf(env: NodeJS.ProcessEnv, theme: ThemeName): PaletteName {
  switch (theme) {
    case 'auto':
      return isLight(env['COLORFGBG']) ? 'light' : 'dark';
    case 'colour-blind':
      return 'colourBlind';
    case 'dark':
    case 'light':
    case 'mono':
      return theme;
  }
}

/**
 * `15;0`, or `0;default;15`: colour numbers, the background last. Some terminals set it (rxvt, Konsole, iTerm2); white is 7
 * or 15, and a scheme whose background is another bright colour is a light one.
 */
function isLight(colorfgbg: string | undefined): boolean {
  const background = colorfgbg?.split(';').at(-1) ?? '';
  return /^(7|9|1[0-5])$/.test(background);
}

export interface ThemeWish {
  /** On the command line. */
  readonly asked: ThemeName | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** In the preferences. */
  readonly remembered: ThemeName | undefined;
}

export interface WishedTheme {
  readonly theme: ThemeName;
  /** SLIPWAY_THEME names none; one line. */
  readonly warning?: string;
}

/** Who is nearest to this run decides: the command line, SLIPWAY_THEME, the preferences, else the terminal. */
export function wishedTheme({ asked, env, remembered }: ThemeWish): WishedTheme {
  const named = env['SLIPWAY_THEME'] || undefined;
  if (asked !== undefined) return { theme: asked };
  if (isThemeName(named)) return { theme: named };
  const theme = remembered ?? 'auto';
  if (named === undefined) return { theme };
  return { theme, warning: `SLIPWAY_THEME names no theme: ${named}. There are ${THEMES.join(', ')}.` };
}
