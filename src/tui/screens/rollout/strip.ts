import { unreachable } from '../../../base/errors.ts';
import { type Moment, turning } from '../../components/signs.ts';
import { type Span, span } from '../../text/row.ts';
import type { Glyphs, Style } from '../../theme.ts';
import { PHASES } from './history.ts';
import type { Stand } from './stand.ts';

/** `▓▓▓▒░░`: what is behind it, where it is, what is ahead. */
export function strip(stand: Stand, glyphs: Glyphs): string {
  const { phaseDone, phaseNow, phaseAhead, bad, unknown } = glyphs;
  const at = (done: number, now: string) =>
    phaseDone.repeat(done) + now + phaseAhead.repeat(Math.max(0, PHASES.length - done - (now === '' ? 0 : 1)));
  switch (stand.type) {
    case 'old':
    case 'skipped':
    case 'reverted':
      return at(0, '');
    case 'kept':
      return ' '.repeat(PHASES.length);
    case 'updated':
    case 'retired':
      return at(PHASES.length, '');
    case 'unwatched':
      return at(stand.place, '');
    case 'forward':
    case 'back':
      return at(stand.place - 1, phaseNow);
    case 'failedBack':
      return at(Math.max(0, stand.place - 1), bad);
    case 'broken':
      return at(Math.max(0, stand.place - 1), stand.word === 'failed' ? bad : unknown);
    default:
      return unreachable(stand);
  }
}

/** The same in words, at most `WORD_CELLS` wide. */
export function word(stand: Stand): string {
  switch (stand.type) {
    case 'old':
    case 'kept':
    case 'skipped':
    case 'reverted':
    case 'updated':
    case 'retired':
      return stand.type;
    case 'failedBack':
      return 'reverted';
    case 'unwatched':
      return `updated ${stand.place}/${PHASES.length}`;
    case 'forward':
      return `${stand.word} ${stand.place}/${PHASES.length}`;
    case 'back':
      return `reverting ${stand.place}/${PHASES.length}`;
    case 'broken':
      return stand.word;
    default:
      return unreachable(stand);
  }
}

export const STRIP_CELLS = PHASES.length;
export const WORD_CELLS = 'verifying 4/6'.length;

// prettier-ignore
const STYLES: Readonly<Record<Stand['type'], Style>> = {
  old: 'muted', kept: 'muted', skipped: 'muted', reverted: 'warn', updated: 'ok', retired: 'muted',
  forward: 'busy', unwatched: 'ok', back: 'warn', broken: 'bad', failedBack: 'bad',
};

export function styleOf(stand: Stand): Style {
  return stand.type === 'broken' && stand.word === 'unverified' ? 'warn' : STYLES[stand.type];
}

/** One glyph for how it stands. */
export function standGlyph(stand: Stand, { glyphs, now }: Moment): Span {
  return span(glyphOf(stand, { glyphs, now }), styleOf(stand));
}

function glyphOf(stand: Stand, { glyphs, now }: Moment): string {
  switch (stand.type) {
    case 'old':
    case 'unwatched':
      return glyphs.waiting;
    case 'kept':
    case 'skipped':
      return glyphs.skipped;
    case 'reverted':
      return glyphs.reverted;
    case 'failedBack':
      return glyphs.bad;
    case 'updated':
      return glyphs.ok;
    case 'retired':
      return glyphs.stopped;
    case 'forward':
    case 'back':
      return turning(glyphs, now);
    case 'broken':
      return stand.word === 'unverified' ? glyphs.unknown : glyphs.bad;
    default:
      return unreachable(stand);
  }
}
