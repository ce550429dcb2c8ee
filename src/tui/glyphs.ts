/** Every glyph takes one cell in all terminals (the ASCII arrow two): no emoji, none of East Asian wide width. */
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
  /** Eight heights, lowest first: a sparkline is made of them. */
  readonly heights: readonly string[];
  /** A phase in a strip of phases: behind us, now, still to come. */
  readonly phaseDone: string;
  readonly phaseNow: string;
  readonly phaseAhead: string;
  /** What a row of a tree hangs on: others follow, it is the last, the trunk passes by. */
  readonly branchMore: string;
  readonly branchLast: string;
  readonly branchPast: string;
}

export const unicode: Glyphs = {
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
  heights: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
  phaseDone: '▓',
  phaseNow: '▒',
  phaseAhead: '░',
  branchMore: '├',
  branchLast: '└',
  branchPast: '│',
};

export const ascii: Glyphs = {
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
  heights: ['.', '_', '-', '=', '+', '*', '%', '#'],
  phaseDone: '#',
  phaseNow: '=',
  phaseAhead: '.',
  branchMore: '|',
  branchLast: '`',
  branchPast: '|',
};
