/** The looks that can be asked for by name; `auto` follows the background that the terminal tells of. */
export const THEMES = ['auto', 'dark', 'light', 'colour-blind', 'mono'] as const;

export type ThemeName = (typeof THEMES)[number];

export function isThemeName(text: string | undefined): text is ThemeName {
  return THEMES.some((theme) => theme === text);
}
