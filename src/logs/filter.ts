import { systemClock } from '../base/clock.ts';
import { type Filter, join } from './filter/join.ts';
import { split } from './filter/split.ts';
import { Mistake, type Surroundings } from './filter/term.ts';
import { understand } from './filter/understand.ts';

export type { Filter } from './filter/join.ts';
export type { Surroundings, Term } from './filter/term.ts';

/** `error`: one line that says what is wrong, where, and what to write instead. */
export type ParsedFilter = Filter | { readonly type: 'bad'; readonly error: string };

/** Longer than this is a paste that was not meant for it. */
const LONGEST = 2000;

/**
 * What a person types to see less of the logs. Terms stand apart, and all have to hold:
 *
 * - `word`, `"two words"`: a part of the message or of the line, without regard to case unless it has capitals
 * - `/regex/`, `/regex/i`
 * - `level:warn` (or worse), `level:=info`, `level:none`
 * - `host:fra`, `instance:bot.1`, `role:bot`, `release:20261121`; `*` stands for anything, commas for "or"
 * - `since:10m`, `until:14:30`
 * - `status>=500`, `req.url=/api/*`, `err.code!=ENOENT`, `url~admin`, `url~/re/`
 * - `-term` and `!term`: what must not hold
 *
 * Nothing typed is a filter that wants everything. Never throws.
 */
export function parseFilter(text: string, around: Partial<Surroundings> = {}): ParsedFilter {
  const surroundings = { now: systemClock.now(), ...around };
  if (text.length > LONGEST) return { type: 'bad', error: `longer than ${LONGEST} characters: look for a part of it` };
  try {
    return join(split(text).map((written) => understand(written, surroundings)));
  } catch (thrown) {
    if (!(thrown instanceof Mistake)) throw thrown;
    return { type: 'bad', error: `${thrown.message}: ${thrown.mend}` };
  }
}
