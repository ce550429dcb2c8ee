import { systemClock } from '../base/clock.ts';
import { UserError } from '../base/errors.ts';
import type { Filter } from './filter.ts';
import { join } from './filter/join.ts';
import { split, type Written } from './filter/split.ts';
import { Mistake, shown, type Surroundings, type Term, type TermName } from './filter/term.ts';
import { understand } from './filter/understand.ts';

/** What the command line says about which lines are wanted, as it was written there. */
export interface Wishes {
  /** `--level warn`: that bad or worse. */
  readonly level?: string | undefined;
  /** `--host fra-1`, each a name or like one; any of them. */
  readonly hosts?: readonly string[] | undefined;
  readonly instances?: readonly string[] | undefined;
  /** `--grep RE`, all of them. */
  readonly grep?: readonly string[] | undefined;
  /** `--where status>=500`, all of them. */
  readonly where?: readonly string[] | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** What might be typed on the screen. */
  readonly text?: string | undefined;
}

/** One filter of all that is wished. Throws UserError `SLIP_FILTER`, which names the flag. */
export function filterOf(wishes: Wishes, around: Partial<Surroundings> = {}): Filter {
  const surroundings = { now: systemClock.now(), ...around };
  const { level, hosts = [], instances = [], grep = [], where = [], since, until, text = '' } = wishes;
  const terms = (flag: string, written: readonly Written[]) => understood(flag, written, surroundings);
  return join([
    ...terms('--level', named('level', level)),
    // in scripts "fra-1" is not to mean "fra-10", too
    ...terms('--host', named('host', hosts.length > 0 ? hosts.map((host) => `=${host}`).join(',') : undefined)),
    ...terms('--instance', named('instance', instances.length > 0 ? instances.join(',') : undefined)),
    ...terms('--since', named('since', since)),
    ...terms('--until', named('until', until)),
    ...where.flatMap((condition) => terms('--where', [compared(condition)])),
    ...grep.flatMap((source) => terms('--grep', [{ type: 'regex', source, case: 'same', says: 'has', text: source }])),
    ...terms('--filter', split(text)),
  ]);
}

function understood(flag: string, written: readonly Written[], around: Surroundings): readonly Term[] {
  try {
    return written.map((one) => understand(one, around));
  } catch (thrown) {
    if (!(thrown instanceof Mistake)) throw thrown;
    throw refusal(`${flag}: ${thrown.message}.`, thrown.mend);
  }
}

function named(name: TermName, value: string | undefined): readonly Written[] {
  return value === undefined ? [] : [{ type: 'named', name, value, says: 'has', text: `${name}:${value}` }];
}

/** A condition is one term, with or without quotes: the shell has taken those away that were typed. */
function compared(condition: string): Written {
  const [first] = split(condition.trim());
  if (first?.type !== 'compared')
    throw refusal(`--where: ${shown(condition)} compares nothing.`, "write --where status=500, or 'status>=500'");
  if (first.value.type === 'regex' || first.value.isQuoted) return first;
  const head = (first.says === 'lacks' ? 1 : 0) + first.name.length + first.comparison.length;
  const text = condition.trim().slice(head);
  return { ...first, text: condition, value: { type: 'text', text, isQuoted: false } };
}

function refusal(message: string, mend: string): UserError {
  const sentence = `${mend.charAt(0).toUpperCase()}${mend.slice(1)}${mend.endsWith('?') ? '' : '.'}`;
  return new UserError({ code: 'SLIP_FILTER', message, mend: sentence });
}
