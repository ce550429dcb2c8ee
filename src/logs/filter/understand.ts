import { unreachable } from '../../base/errors.ts';
import { parseWhen } from '../when.ts';
import { fieldTerm } from './field.ts';
import { levelTerm } from './level.ts';
import { hostTerm, instanceTerm, releaseTerm, roleTerm } from './place.ts';
import type { Written } from './split.ts';
import { type Meaning, Mistake, shown, type Surroundings, type Term, type TermName } from './term.ts';
import { regexOf, regexTerm, wordTerm } from './words.ts';

/** What a term means. Throws Mistake. */
export function understand(written: Written, around: Surroundings): Term {
  const { says, text } = written;
  const meaning = meaningOf(written, around);
  const { wanted } = meaning;
  const type = written.type === 'named' ? written.name : written.type === 'compared' ? 'field' : written.type;
  if (says === 'has') return { ...meaning, type, says, text };
  return { type, says, text, wanted: (record) => !wanted(record) };
}

function meaningOf(written: Written, around: Surroundings): Meaning {
  switch (written.type) {
    case 'word':
      return wordTerm(written.value);
    case 'regex':
      return regexTerm(written.source, written.case);
    case 'named':
      return namedTerm(written.name, written.value, around);
    case 'compared': {
      const { name, comparison, value } = written;
      const matcher = value.type === 'regex' ? regexOf(value.source, value.case) : undefined;
      const plain = value.type === 'text' ? value : { text: '', isQuoted: false };
      return fieldTerm({ name, comparison, value: plain.text, isQuoted: plain.isQuoted, matcher });
    }
    default:
      return unreachable(written);
  }
}

export function namedTerm(name: TermName, value: string, around: Surroundings): Meaning {
  switch (name) {
    case 'level':
      return levelTerm(value);
    case 'host':
      return hostTerm(value);
    case 'instance':
      return instanceTerm(value);
    case 'role':
      return roleTerm(value);
    case 'release':
      return releaseTerm(value, around);
    case 'since':
    case 'until':
      return timeTerm(name, value, around);
    default:
      return unreachable(name);
  }
}

function timeTerm(name: 'since' | 'until', value: string, around: Surroundings): Meaning {
  const t = parseWhen(value, around);
  if (t === undefined) throw new Mistake(`${name}:${shown(value)} is no time`, 'write 10m, 14:30 or 2026-11-30T14:30');
  return { t, wanted: name === 'since' ? (record) => record.t >= t : (record) => record.t <= t };
}
