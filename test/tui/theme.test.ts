import { describe, expect, test } from 'vitest';
import { THEMES } from '../../src/prefs/themes.ts';
import { ascii, unicode } from '../../src/tui/glyphs.ts';
import { looksOf, wishedTheme } from '../../src/tui/looks.ts';
import { type PaletteName, palettes } from '../../src/tui/palettes.ts';
import type { Style } from '../../src/tui/theme.ts';
import { LOOKS } from '../../src/logs/names.ts';
import { width } from '../../src/tui/text/width.ts';
import { type Sight, contrast, distance, foreground } from './support/eyes.ts';

const UTF8 = { LANG: 'C.UTF-8', TERM: 'xterm-256color' };
const paletteOf = (env: NodeJS.ProcessEnv, preferred?: (typeof THEMES)[number]) =>
  looksOf({ ...UTF8, ...env }, preferred).palette;

describe('the looks', () => {
  test.each([
    ['auto', 'dark'],
    ['dark', 'dark'],
    ['light', 'light'],
    ['colour-blind', 'colourBlind'],
    ['mono', 'mono'],
  ] as const)('theme %s is palette %s where the terminal says nothing of its background', (theme, palette) => {
    expect(paletteOf({}, theme)).toBe(palette);
  });

  test.each([
    ['15;0', 'dark'],
    ['7;8', 'dark'],
    ['0;15', 'light'],
    ['0;7', 'light'],
    ['0;default;15', 'light'],
    ['12;default', 'dark'],
    ['rubbish', 'dark'],
    ['', 'dark'],
  ])('COLORFGBG %s means %s, unless a theme was chosen', (COLORFGBG, palette) => {
    expect(paletteOf({ COLORFGBG })).toBe(palette);
    expect(paletteOf({ COLORFGBG }, 'dark')).toBe('dark');
    expect(paletteOf({ COLORFGBG }, 'light')).toBe('light');
  });

  test.each([{ NO_COLOR: '1' }, { FORCE_COLOR: '0' }, { TERM: 'dumb' }])('%o wins over every theme', (env) => {
    for (const theme of THEMES) expect(paletteOf(env, theme)).toBe('mono');
  });

  test('an empty NO_COLOR is none', () => {
    expect(paletteOf({ NO_COLOR: '' })).toBe('dark');
  });

  test('the command line goes before SLIPWAY_THEME, and that before the preferences', () => {
    const env = { SLIPWAY_THEME: 'light' };
    expect(wishedTheme({ asked: 'mono', env, remembered: 'dark' })).toEqual({ theme: 'mono' });
    expect(wishedTheme({ asked: undefined, env, remembered: 'dark' })).toEqual({ theme: 'light' });
    expect(wishedTheme({ asked: undefined, env: {}, remembered: 'dark' })).toEqual({ theme: 'dark' });
    expect(wishedTheme({ asked: undefined, env: { SLIPWAY_THEME: '' }, remembered: undefined })).toEqual({
      theme: 'auto',
    });
  });

  test('a SLIPWAY_THEME that does not exist is named, and passed over', () => {
    const { theme, warning } = wishedTheme({ asked: undefined, env: { SLIPWAY_THEME: 'purple' }, remembered: 'light' });
    expect(theme).toBe('light');
    expect(warning).toBe('SLIPWAY_THEME names no theme: purple. There are auto, dark, light, colour-blind, mono.');
  });
});

const TELLING: readonly Style[] = ['title', 'ok', 'busy', 'warn', 'bad'];
const HOSTS = Array.from({ length: LOOKS }, (_, look) => `host${look}` as Style);
const BLACK = [0, 0, 0] as const;
const WHITE = [255, 255, 255] as const;

describe('the palettes', () => {
  test.each(Object.keys(palettes) as PaletteName[])(
    '%s has the sixteen colours of the terminal, and no background',
    (name) => {
      for (const sgr of Object.values(palettes[name])) expect(sgr).toMatch(/^((1|2|7|3[1-6]|9[0-6])(;(?!$)|$))*$/);
    },
  );

  test('mono has no colour', () => {
    for (const sgr of Object.values(palettes.mono)) expect(sgr).toMatch(/^[127;]*$/);
  });

  test.each([
    ['dark', BLACK],
    ['light', WHITE],
    ['colourBlind', BLACK],
    ['colourBlind', WHITE],
  ] as const)('%s can be read on %o', (name, background) => {
    for (const style of [...TELLING, ...HOSTS, 'muted', 'danger'] as const) {
      const colour = foreground(palettes[name][style]);
      expect({ style, contrast: colour === undefined ? 21 : contrast(colour, background) }).toMatchObject({
        style,
        contrast: expect.toSatisfy((ratio: number) => ratio >= 3),
      });
    }
  });

  test('nothing is dim on white', () => {
    for (const sgr of Object.values(palettes.light)) expect(sgr.split(';')).not.toContain('2');
  });

  test.each(['protanopia', 'deuteranopia', 'tritanopia'] as const satisfies readonly Sight[])(
    'good and bad are far apart for eyes with %s in the one for the colour-blind',
    (sight) => {
      const [ok, bad] = [foreground(palettes.colourBlind.ok)!, foreground(palettes.colourBlind.bad)!];
      expect(distance(ok, bad, sight)).toBeGreaterThan(100);
    },
  );

  test('which green and red are not', () => {
    const [ok, bad] = [foreground(palettes.dark.ok)!, foreground(palettes.dark.bad)!];
    expect(distance(ok, bad, 'deuteranopia')).toBeLessThan(30);
  });
});

describe('the glyphs', () => {
  test.each([
    ['unicode', unicode],
    ['ASCII', ascii],
  ] as const)('of %s take one cell each', (_name, { arrow, ...glyphs }) => {
    for (const glyph of Object.values(glyphs).flat()) expect(width(glyph)).toBe(1);
    expect(width(arrow)).toBeLessThanOrEqual(2);
  });

  test('of ASCII are ASCII', () => {
    expect(Object.values(ascii).flat().join('')).toMatch(/^[!-~]+$/);
  });

  test('have eight heights, no two alike', () => {
    for (const { heights } of [unicode, ascii]) expect(new Set(heights).size).toBe(8);
  });

  test('of a strip of phases tell them apart', () => {
    for (const { phaseDone, phaseNow, phaseAhead } of [unicode, ascii])
      expect(new Set([phaseDone, phaseNow, phaseAhead]).size).toBe(3);
  });
});
