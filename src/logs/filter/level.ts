import { list } from '../../base/text.ts';
import { nearest } from '../../base/nearest.ts';
import type { Level } from '../levels.ts';
import { alternatives, type Meaning, Mistake, shown } from './term.ts';

const LEVELS: readonly Level[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];
const ALSO: Readonly<Record<string, Level>> = { warning: 'warn', err: 'error' };

/** `warn`: that bad or worse; `=info`: that alone; `none`: of no level. Several by commas. */
export function levelTerm(value: string): Meaning {
  const wanted = new Set<Level | undefined>(alternatives('level', value, 'warn').flatMap(levelsOf));
  return { wanted: ({ level }) => wanted.has(level) };
}

function levelsOf(written: string): readonly (Level | undefined)[] {
  const name = written.replace(/^=/, '').toLowerCase();
  if (name === 'none') return [undefined];
  const level = Object.hasOwn(ALSO, name) ? ALSO[name]! : LEVELS.find((known) => known === name);
  if (level === undefined) throw unknown(name);
  return written.startsWith('=') ? [level] : LEVELS.slice(LEVELS.indexOf(level));
}

function unknown(name: string): Mistake {
  const meant = nearest(name, [...LEVELS, ...Object.keys(ALSO), 'none']);
  const mend = meant === undefined ? `levels are ${list([...LEVELS, 'none'])}` : `did you mean ${meant}?`;
  return new Mistake(`level:${shown(name)} is no level`, mend);
}
