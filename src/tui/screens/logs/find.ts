import { literal, type Matcher } from '../../../logs/matcher.ts';
import { parseRegex } from '../../../logs/regex.ts';

/** What is looked for: a text, or `/an expression/`; undefined when it is neither, or nothing. */
export function found(text: string): Matcher | undefined {
  if (text === '') return undefined;
  const [, source] = /^\/(.+)\/$/.exec(text) ?? [];
  if (source === undefined) return literal(text);
  const regex = parseRegex(source, { case: source === source.toLowerCase() ? 'any' : 'same' });
  return regex.type === 'regex' ? regex.matcher : undefined;
}
