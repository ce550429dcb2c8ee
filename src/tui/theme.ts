/** What a piece of text means. Views name meanings; only this file knows colours and glyphs. */
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
  | 'danger';

export interface Theme {
  /** SGR parameters of each style; empty for none. */
  readonly sgr: Readonly<Record<Style, string>>;
  readonly selected: string;
  readonly glyphs: Glyphs;
}

/** Every glyph takes one cell in all terminals: no emoji, none of East Asian wide width. */
export interface Glyphs {
  readonly ok: string;
  readonly bad: string;
  readonly warn: string;
  readonly unknown: string;
  readonly waiting: string;
  readonly stopped: string;
  readonly paused: string;
  readonly reverted: string;
  readonly skipped: string;
  readonly spinner: readonly string[];
  readonly pointer: string;
  /** A list goes on above, below. */
  readonly above: string;
  readonly below: string;
  readonly rule: string;
  readonly separator: string;
  readonly crumb: string;
  readonly ellipsis: string;
  readonly dash: string;
  readonly barFull: string;
  readonly barEmpty: string;
  readonly cursor: string;
  readonly arrow: string;
}

const unicode: Glyphs = {
  ok: '✓',
  bad: '✗',
  warn: '!',
  unknown: '?',
  waiting: '·',
  stopped: '○',
  paused: '‖',
  reverted: '↺',
  skipped: '−',
  spinner: ['◐', '◓', '◑', '◒'],
  pointer: '›',
  above: '↑',
  below: '↓',
  rule: '─',
  separator: '·',
  crumb: '›',
  ellipsis: '…',
  dash: '–',
  barFull: '█',
  barEmpty: '░',
  cursor: '▏',
  arrow: '→',
};

const ascii: Glyphs = {
  ok: '+',
  bad: 'x',
  warn: '!',
  unknown: '?',
  waiting: '.',
  stopped: 'o',
  paused: '=',
  reverted: '<',
  skipped: '-',
  spinner: ['|', '/', '-', '\\'],
  pointer: '>',
  above: '^',
  below: 'v',
  rule: '-',
  separator: '|',
  crumb: '>',
  ellipsis: '~',
  dash: '-',
  barFull: '#',
  barEmpty: '.',
  cursor: '_',
  arrow: '->',
};

/** The terminal's own sixteen colours and no background: readable in light and dark schemes alike. */
const colours: Readonly<Record<Style, string>> = {
  plain: '',
  muted: '2',
  strong: '1',
  title: '1;36',
  key: '1',
  ok: '32',
  busy: '36',
  warn: '33',
  bad: '31',
  danger: '1;7;31',
};

const mono: Readonly<Record<Style, string>> = {
  ...colours,
  title: '1',
  ok: '',
  busy: '',
  warn: '1',
  bad: '1',
  danger: '1;7',
};

export interface Looks {
  readonly colour: boolean;
  readonly ascii: boolean;
}

/** What the terminal can show, as its environment tells it. */
export function looksOf(env: NodeJS.ProcessEnv): Looks {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return {
    colour: !env['NO_COLOR'] && env['FORCE_COLOR'] !== '0' && env['TERM'] !== 'dumb',
    // the Linux console has no glyphs beyond its 512
    ascii: env['SLIPWAY_ASCII'] === '1' || env['TERM'] === 'linux' || !/utf-?8/i.test(locale),
  };
}

export function themeOf(looks: Looks): Theme {
  return { sgr: looks.colour ? colours : mono, selected: '7', glyphs: looks.ascii ? ascii : unicode };
}
