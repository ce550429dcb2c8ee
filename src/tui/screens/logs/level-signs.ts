import type { Level } from '../../../logs/levels.ts';
import type { Style } from '../../theme.ts';

export interface LevelSign {
  readonly glyph: 'bad' | 'warn' | 'waiting' | undefined;
  readonly word: string;
  readonly short: string;
  readonly sign: Style;
  readonly text: Style;
}

// prettier-ignore
export const LEVEL_SIGNS: Readonly<Record<Level, LevelSign>> = {
  trace: { glyph: undefined, word: 'trace', short: 'TRC', sign: 'muted', text: 'muted' },
  debug: { glyph: undefined, word: 'debug', short: 'DBG', sign: 'muted', text: 'muted' },
  info: { glyph: 'waiting', word: 'info', short: 'INF', sign: 'plain', text: 'plain' },
  warn: { glyph: 'warn', word: 'warn', short: 'WRN', sign: 'warn', text: 'plain' },
  error: { glyph: 'bad', word: 'error', short: 'ERR', sign: 'bad', text: 'bad' },
  fatal: { glyph: 'bad', word: 'fatal', short: 'FTL', sign: 'danger', text: 'bad' },
};
