import type { Matcher } from './matcher.ts';
import { Automaton } from './regex/automaton.ts';
import { parse } from './regex/parse.ts';
import { compile } from './regex/program.ts';
import { Search } from './regex/search.ts';
import { Symbols } from './regex/symbols.ts';
import { Misread } from './regex/tree.ts';

export type Regex =
  | { readonly type: 'regex'; readonly matcher: Matcher }
  /** `at`: the index of the character that is to blame. */
  | { readonly type: 'bad'; readonly error: string; readonly at: number };

/** Longer than this is nothing that anybody types. */
const LONGEST = 1000;

/**
 * A regular expression of a person, in JavaScript's words. A text is read once, by an automaton: whatever the expression and
 * whatever the text, the work grows with the length of the text alone, so neither can hang the program as they can V8's. What
 * cannot be told in this way (looking around, groups that are asked for again) is refused. `(?i)` at the beginning disregards
 * case, as `case: 'any'` does.
 */
export function parseRegex(source: string, { case: casing = 'same' }: { readonly case?: 'same' | 'any' } = {}): Regex {
  if (source.length > LONGEST) return { type: 'bad', error: `longer than ${LONGEST} characters`, at: LONGEST };
  const lead = source.startsWith('(?i)') ? 4 : 0;
  try {
    const program = compile(parse(source.slice(lead)));
    return { type: 'regex', matcher: matcherOf(() => new Symbols(program.sets, flagsOf(casing, lead)), program) };
  } catch (thrown) {
    if (!(thrown instanceof Misread)) throw thrown;
    return { type: 'bad', error: thrown.message, at: thrown.at + lead };
  }
}

function flagsOf(casing: 'same' | 'any', lead: number): string {
  return casing === 'any' || lead > 0 ? 'iu' : 'u';
}

/** Nothing is made before it is needed: an expression is read anew at every key. */
function matcherOf(symbolsOf: () => Symbols, program: ReturnType<typeof compile>): Matcher {
  let made: { readonly automaton: Automaton; readonly search: Search } | undefined;
  const make = () => {
    const symbols = symbolsOf();
    return { automaton: new Automaton(program, symbols), search: new Search(program, symbols) };
  };
  return {
    test: (text) => (made ??= make()).automaton.test(text),
    hits: (text, most) => {
      const { automaton, search } = (made ??= make());
      return automaton.test(text) ? search.hits(text, most) : [];
    },
  };
}
