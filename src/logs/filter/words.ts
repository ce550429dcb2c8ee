import { literal, type Matcher } from '../matcher.ts';
import { parseRegex } from '../regex.ts';
import { type Meaning, Mistake, shown } from './term.ts';

/** A part of the message, or of the line as it came. */
export function wordTerm(word: string): Meaning {
  return textTerm(literal(word));
}

export function regexTerm(source: string, casing: 'same' | 'any'): Meaning {
  return textTerm(regexOf(source, casing));
}

/** Throws Mistake. */
export function regexOf(source: string, casing: 'same' | 'any'): Matcher {
  const regex = parseRegex(source, { case: casing });
  if (regex.type === 'regex') return regex.matcher;
  const [what = '', mend = 'mend it there'] = regex.error.split(': ', 2);
  throw new Mistake(`/${shown(source)}/ at ${regex.at + 1}: ${what}`, mend);
}

function textTerm(matcher: Matcher): Meaning {
  return {
    wanted: ({ text, message }) => matcher.test(text) || (message !== text && matcher.test(message)),
    highlight: matcher,
  };
}
